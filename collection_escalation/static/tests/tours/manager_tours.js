import {registry} from "@web/core/registry";
import {back, confirmDialog, openMenu, openRow, sees} from "./tour_words";

const tours = registry.category("web_tour.tours");

const open = (path) => ({
    trigger: "body",
    run: () => {
        window.location.href = path;
    },
    expectUnloadPage: true,
});

/** Run a scheduled action now, as the administrator may. */
const runScheduledAction = (name) => [
    open("/odoo/action-base.ir_cron_act"),
    {trigger: `.o_data_row:contains(${name}) [name=name]`, run: "click"},
    {trigger: "button[name=method_direct_trigger]", run: "click"},
    sees("button[name=method_direct_trigger]:enabled"),
];

// The first days of the owner of a small firm, administrator and collection manager in one
// person: from the check-list to the messages that leave tomorrow.
tours.add("collection_first_days", {
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
        ...runScheduledAction("find the stage of every open item"),
        ...runScheduledAction("plan contacts for permitted moments"),
        open("/odoo/collection-review"),
        sees(".o_data_row:contains(Padaria Verde)"),
        openRow("Loja Azul"),
        {
            content: "The text as the customer will read it",
            trigger: ".o_field_widget[name=preview] :iframe body:contains(INV/)",
        },
        back(),
        {trigger: "thead .o_list_record_selector input", run: "click"},
        {trigger: "button[name=action_review]", run: "click"},
        confirmDialog(),
        sees(".o_notification:contains(2 messages)"),
        sees(".o_view_nocontent"),
    ],
});

tours.add("collection_open_next_stage", {
    url: "/odoo/collections",
    steps: () => [
        sees(".o_data_row:contains(Loja Azul) [name=waits_for]:contains(manager)"),
        openRow("Loja Azul"),
        {trigger: "button[name=action_open_next_stage]", run: "click"},
        sees(".modal [name=text]:contains(Formal request)"),
        {
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit They do not answer",
        },
        {trigger: ".modal-footer button[name=action_approve]", run: "click"},
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

// Before a plan runs: what would it do with the own open items?
tours.add("collection_dry_run", {
    url: "/odoo/collections",
    steps: () => [
        ...openMenu("account.menu_finance_receivables"),
        {
            trigger:
                ".o-dropdown--menu [data-menu-xmlid='collection_escalation.collection_dry_run_menu']",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=policy_id] input",
            run: "edit Companies",
        },
        {trigger: ".ui-autocomplete a:contains(Companies)", run: "click"},
        {trigger: ".modal .o_field_widget[name=days] input", run: "edit 60"},
        {trigger: ".modal .o_field_widget[name=approves] input", run: "click"},
        {trigger: ".modal-footer button[name=action_run]", run: "click"},
        {
            content: "The call that waits already, and what the other plan brings",
            trigger: ".o_data_row:contains(Loja Azul):contains(Outbox)",
        },
        sees(".o_data_row:contains(Loja Azul):contains(Who decides)"),
        {trigger: ".o_switch_view.o_graph", run: "click"},
        sees(".o_graph_view .o_graph_renderer canvas"),
        {trigger: ".o_switch_view.o_pivot", run: "click"},
        sees(".o_pivot_view th:contains(Who decides)"),
    ],
});
