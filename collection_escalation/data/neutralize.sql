-- a copy of the database contacts nobody: all sending is paused, what is queued stays
UPDATE res_company SET collection_paused = TRUE;
UPDATE mail_mail SET state = 'cancel'
 WHERE state = 'outgoing'
   AND id IN (SELECT mail_id FROM collection_contact WHERE mail_id IS NOT NULL);
UPDATE sms_sms SET state = 'canceled'
 WHERE state = 'outgoing'
   AND id IN (SELECT sms_id FROM collection_contact WHERE sms_id IS NOT NULL);
