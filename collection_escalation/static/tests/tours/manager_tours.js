import {registry} from "@web/core/registry";
import {confirmDialog, openRow, sees} from "./tour_words";

const tours = registry.category("web_tour.tours");

// The owner of a small firm: administrator and collection manager in one person.
tours.add("collection_start", {
    url: "/odoo/collection-ready",
    steps: () => [
        {
            content: "Nobody is named yet who collects",
            trigger:
                ".o_data_row.text-danger:contains(Who collects) button[name=action_fix]:contains(Fix)",
            run: "click",
        },
        {
            trigger: "#collection_user .o_field_widget[name=collection_user_id] input",
            run: "edit Clara",
        },
        {trigger: ".ui-autocomplete a:contains(Clara)", run: "click"},
        {trigger: ".o_form_button_save", run: "click", expectUnloadPage: true},
        {
            content: "Back to the check-list, from the settings themselves",
            trigger: "#collection_ready button",
            run: "click",
        },
        sees(".o_data_row.text-success:contains(Who collects)"),
        {trigger: "button[name=action_start]", run: "click"},
        confirmDialog(),
        sees(".o_notification:contains(Collections are on)"),
        sees("body:not(:has(button[name=action_start]))"),
    ],
});

tours.add("collection_open_next_stage", {
    url: "/odoo/collections",
    steps: () => [
        sees(".o_data_row:contains(Loja Azul) [name=waits_for]:contains(manager)"),
        openRow("Loja Azul"),
        {trigger: "button[name=action_open_next_stage]", run: "click"},
        confirmDialog(),
        sees(".o-mail-Chatter:contains(Formal request)"),
    ],
});

tours.add("collection_exception", {
    url: "/odoo/collection-outbox",
    steps: () => [
        openRow("Loja Azul"),
        sees(".alert-warning [name=permission]:contains(TOUR.WIN_WEEKDAY)"),
        {trigger: "button[name=action_waive]", run: "click"},
        sees(".modal [name=why]:contains(TOUR.WIN_WEEKDAY)"),
        {
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit They want an answer today",
        },
        {
            trigger: ".modal-footer button:contains(Allow this contact)",
            run: "click",
        },
        sees("body:not(:has(.modal)) .alert-success [name=permission]"),
        sees("[name=waiver_ids] .o_data_row:contains(They want an answer today)"),
        {trigger: ".o_form_view button[name=action_log_conversation]", run: "click"},
        sees(".o_statusbar_status .o_arrow_button_current[data-value=made]"),
    ],
});

tours.add("collection_plan", {
    url: "/odoo/collection-plans",
    steps: () => [
        openRow("Consumers"),
        {
            trigger:
                "[name=stage_ids] .o_data_row:contains(Friendly reminder) [name=name]",
            run: "click",
        },
        {
            content: "A friendly reminder before the due date is nonsense",
            trigger: ".modal .o_field_widget[name=trigger_days] input",
            run: "edit -2",
        },
        {trigger: ".modal .o_form_button_save", run: "click"},
        {trigger: "body:not(:has(.modal)) .o_form_button_save", run: "click"},
        sees(".modal:contains(Friendly reminder):contains(Only the courtesy note)"),
        {trigger: ".modal-footer .btn-primary", run: "click"},
        {
            trigger: "body:not(:has(.modal)) .o_form_button_cancel",
            run: "click",
        },
        sees(
            ".o_form_saved [name=stage_ids] .o_data_row:contains(Friendly reminder) [name=trigger_days]:contains(5)"
        ),
    ],
});

tours.add("collection_settings", {
    url: "/odoo/settings",
    steps: () => [
        {trigger: ".settings_tab [data-key=account]", run: "click"},
        {trigger: "#collection_paused [name=collection_paused] input", run: "click"},
        {trigger: ".o_form_button_save", run: "click", expectUnloadPage: true},
        sees(".settings_tab"),
    ],
});
