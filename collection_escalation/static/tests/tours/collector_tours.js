import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";
import {back, confirmDialog, openMenu, openRow, sees, selectRow} from "./tour_words";

const tours = registry.category("web_tour.tours");

tours.add("collection_review", {
    url: "/odoo/collection-review",
    steps: () => [
        selectRow("Mercado Rosa"),
        {trigger: "button[name=action_remove]", run: "click"},
        confirmDialog(),
        sees(".o_list_view:not(:has(.o_data_row:contains(Mercado Rosa)))"),
        openRow("Loja Azul"),
        {
            content: "The text as the customer will read it, with who writes",
            trigger:
                ".o_field_widget[name=preview] :iframe body:contains(INV/):contains(Rua Um, 1)",
        },
        back(),
        {trigger: "thead .o_list_record_selector input", run: "click"},
        {trigger: "button[name=action_review]", run: "click"},
        confirmDialog(),
        sees(".o_notification:contains(2 messages)"),
        sees(".o_view_nocontent"),
    ],
});

tours.add("collection_call", {
    url: "/odoo/collection-calls",
    steps: () => [
        sees(".o_data_row:contains(Loja Azul) [name=destination]:contains(99999)"),
        openRow("Loja Azul"),
        {trigger: ".o_form_view button[name=action_log_no_answer]", run: "click"},
        sees(".o_statusbar_status .o_arrow_button_current[data-value=made]"),
        sees(".o_field_widget[name=outcome]:contains(No answer)"),
    ],
});

tours.add("collection_letter", {
    url: "/odoo/collection-outbox",
    steps: () => [
        openRow("Loja Azul"),
        {
            content: "The text as the customer will read it, with how much",
            trigger: ".o_field_widget[name=preview] :iframe body:contains(INV/)",
        },
        sees(".o_form_view button[name=action_begin]:contains(Print)"),
        {trigger: ".o_form_view button[name=action_note_posted]", run: "click"},
        {
            trigger: ".modal .o_field_widget[name=tracking_code] input",
            run: "edit BR123456785BR",
        },
        {trigger: ".modal button[name=action_note]:visible", run: "click"},
        sees(
            "body:not(:has(.modal)) .o_statusbar_status .o_arrow_button_current[data-value=made]"
        ),
        sees(".o_field_widget[name=tracking_code]:contains(BR123456785BR)"),
        sees(".o_form_view button[name=action_open_letter]"),
        {trigger: ".o_form_view button[name=action_note_returned]", run: "click"},
        {trigger: ".modal button[name=action_note]:visible", run: "click"},
        sees(
            "body:not(:has(.modal)) .o_field_widget[name=delivery_status]:contains(Returned)"
        ),
        sees(".o_field_widget[name=returned_by_id]:contains(Clara)"),
    ],
});

tours.add("collection_call_not_now", {
    url: "/odoo/collection-outbox",
    steps: () => [
        openRow("Loja Azul"),
        {
            content: "Beside the buttons: when, where, and the rule",
            trigger:
                ".alert-warning [name=permission]:contains(Not before):contains(São Paulo):contains(TOUR.WIN_WEEKDAY)",
        },
        {
            content: "A collector makes no exceptions",
            trigger: ".o_form_view:not(:has(button[name=action_waive]))",
        },
        {trigger: ".o_form_view button[name=action_log_no_answer]", run: "click"},
        {
            content: "Red, with the rule that forbids it",
            trigger: ".o_notification:has(.bg-danger):contains(TOUR.WIN_WEEKDAY)",
        },
        sees(".o_statusbar_status .o_arrow_button_current[data-value=planned]"),
        ...openMenu("account.menu_finance_receivables"),
        {
            trigger:
                "[data-menu-xmlid='collection_escalation.collection_contact_log_menu']",
            run: "click",
        },
        sees(".o_data_row:contains(Loja Azul):contains(Not permitted)"),
    ],
});

tours.add("collection_collector_cannot", {
    url: "/odoo/collections",
    steps: () => [
        openRow("Loja Azul"),
        {trigger: "button[name=action_compose]", run: "click"},
        {
            trigger: ".modal .o_field_widget[name=channel] input[data-value=visit]",
            run: "click",
        },
        {
            content: "Red: never, and by which rule of the country",
            trigger:
                ".modal .alert-danger [name=permission]:contains(Not permitted):contains(CO.BLK_VISIT)",
        },
        {
            content: "A collector makes no exceptions",
            trigger: ".modal:not(:has(button[name=action_waive]))",
        },
        {
            trigger: ".modal button[name=action_confirm]:contains(Prepare it)",
            run: "click",
        },
        sees(".o_notification:has(.bg-danger):contains(CO.BLK_VISIT)"),
    ],
});

tours.add("collection_contact_by_hand", {
    url: "/odoo/collections",
    steps: () => [
        openRow("Loja Azul"),
        {trigger: "button[name=action_compose]", run: "click"},
        {
            trigger: ".modal .o_field_widget[name=channel] input[data-value=email]",
            run: "click",
        },
        {
            content: "To whom and where, before it leaves",
            trigger: ".modal [name=destination]:contains(loja.azul@example.com)",
        },
        sees(".modal .alert-success [name=permission]:contains(Permitted now)"),
        {
            trigger: ".modal .o_field_widget[name=own_html] .odoo-editor-editable",
            run: "editor As we said this morning.",
        },
        {
            trigger: ".modal button[name=action_confirm]:contains(Send)",
            run: "click",
        },
        sees(".o_notification:contains(It leaves now)"),
        {
            trigger: "body:not(:has(.modal)) button[name=action_callback]",
            run: "click",
        },
        {
            content: "Hours of the customer's clock",
            trigger: ".modal [name=zone_text]:contains(São Paulo)",
        },
        {
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit Please ring me tomorrow",
        },
        {trigger: ".modal button[name=action_confirm]", run: "click"},
        sees(".o_notification:contains(It stands in the work list)"),
        sees("body:not(:has(.modal))"),
    ],
});

tours.add("collection_pause", {
    url: "/odoo/customer-invoices",
    steps: () => [
        ...openMenu("account.menu_finance_receivables"),
        {
            trigger: "[data-menu-xmlid='collection_escalation.collection_case_menu']",
            run: "click",
        },
        openRow("Loja Azul"),
        sees("[name=open_item_ids] .o_data_row:contains(INV/)"),
        {trigger: ".o_notebook a[name=contacts]", run: "click"},
        sees("[name=contact_ids] .o_data_row:contains(E-mail)"),
        {trigger: "button[name=action_pause]", run: "click"},
        {trigger: ".modal .o_form_button_save", run: "click"},
        sees("body:not(:has(.modal)) .o_form_view .alert:contains(Paused until)"),
        sees("[name=contact_ids] .o_data_row:contains(Not needed)"),
    ],
});

tours.add("collection_customer", {
    url: "/odoo/customers",
    steps: () => [
        {trigger: ".o_data_row:contains(Loja Azul) [name=complete_name]", run: "click"},
        {trigger: ".o_notebook a[name=collections]", run: "click"},
        sees("[name=collection_item_ids] .o_data_row:contains(Friendly reminder)"),
        sees("[name=collection_contact_ids] .o_data_row:contains(E-mail)"),
        {trigger: "button[name=action_view_collection_debtor]", run: "click"},
        {trigger: ".o_field_widget[name=party] input", run: "click"},
        {trigger: ".o_select_menu_item:contains(Company)", run: "click"},
        sees(".o_form_dirty [name=party]"),
        ...stepUtils.saveForm(),
    ],
});
