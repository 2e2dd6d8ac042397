import {registry} from "@web/core/registry";
import {openMenu, sees} from "./tour_words";

const tours = registry.category("web_tour.tours");

// The invoicing clerk sees what the collection means for an invoice, and no more.
tours.add("collection_invoices", {
    url: "/odoo/customer-invoices",
    steps: () => [
        sees(".o_data_row:contains(Padaria Verde)"),
        {trigger: ".o_searchview_dropdown_toggler", run: "click"},
        {
            trigger: ".o_filter_menu .o_menu_item:contains(Instalment overdue)",
            run: "click",
        },
        sees(
            ".o_list_view:has(.o_data_row):not(:has(.o_data_row:contains(Padaria Verde)))"
        ),
        {
            trigger: ".o_group_by_menu .o_menu_item:contains(Collection stage)",
            run: "click",
        },
        {trigger: ".o_searchview_dropdown_toggler", run: "click"},
        {trigger: ".o_group_header:contains(Friendly reminder)", run: "click"},
        {
            trigger: ".o_data_row:contains(Loja Azul) [name=name]",
            run: "click",
        },
        sees(".o_field_widget[name=collection_stage_id]:contains(Friendly reminder)"),
        sees(".o_field_widget[name=collection_next_date]"),
        sees(".o_field_widget[name=collection_why]:contains(business days)"),
        ...openMenu("account.menu_finance_receivables"),
        {
            content: "No menu of the collections",
            trigger:
                ".o-dropdown--menu:not(:has([data-menu-xmlid^='collection_escalation.']))",
        },
    ],
});

// They see that something is planned, and have no button to do it, change it or allow it.
tours.add("collection_clerk_cannot", {
    url: "/odoo/customer-invoices",
    steps: () => [
        {trigger: ".o_data_row:contains(Loja Azul) [name=name]", run: "click"},
        sees(".o_field_widget[name=collection_stage_id]:contains(Friendly reminder)"),
        sees(".o_field_widget[name=collection_next_step]:contains(Call)"),
        {
            content: "No way to the file, the log, a contact or an exception",
            trigger: [
                ".o_form_view",
                ":not(:has(button[name=action_view_collection_case]))",
                ":not(:has(button[name=action_view_collection_contacts]))",
                ":not(:has(button[name*=compose]))",
                ":not(:has(button[name=action_waive]))",
                ":not(:has([name=collection_contact_ids]))",
            ].join(""),
        },
        {trigger: ".o_field_widget[name=partner_id] a", run: "click"},
        {
            content: "Nor on the customer",
            trigger: [
                ".o_form_view:has(.o_field_widget[name=email])",
                ":not(:has(.o_notebook a[name=collections]))",
                ":not(:has(button[name=action_collection_compose]))",
            ].join(""),
        },
    ],
});

// A collector pastes what the bank registered, with a slip of the finger first.
tours.add("collection_bank_slip", {
    url: "/odoo/customer-invoices",
    steps: () => [
        {trigger: ".o_data_row:contains(Loja Azul) [name=name]", run: "click"},
        {
            trigger: "button[name=action_view_collection_bank_slips]",
            run: "click",
        },
        sees(".o_view_nocontent:contains(Add the slip your bank registered)"),
        {trigger: ".o_list_button_add", run: "click"},
        sees(".o_form_view .o_field_widget[name=item_id] input:value(INV/)"),
        {
            trigger: ".o_field_widget[name=line] input",
            run: "edit 00190.50095 40144.816069 06809.350315 3 37370000000100",
        },
        {trigger: ".o_form_button_save", run: "click"},
        sees(".modal:contains(field 3 of the digitable line)"),
        {trigger: ".modal .modal-footer button", run: "click"},
        {
            trigger: ".o_field_widget[name=line] input",
            run: "edit 00190.50095 40144.816069 06809.350314 3 37370000000100",
        },
        {trigger: ".o_form_button_save", run: "click"},
        sees(".o_form_saved, .o_form_view:not(:has(.o_form_button_save:visible))"),
        sees(".o_field_widget[name=amount_text]:contains(1.00)"),
    ],
});

// The debtor has a phone, no account, and the link of our message.
tours.add("collection_statement", {
    steps: () => [
        {
            content: "The page fits on the phone",
            trigger: "table:contains(INV/)",
            run() {
                const {scrollWidth, clientWidth} = document.documentElement;
                if (scrollWidth > clientWidth || clientWidth > 375) {
                    throw new Error(
                        `${scrollWidth} wide on a screen of ${clientWidth}`
                    );
                }
            },
        },
        {trigger: "table tbody tr:first a", run: "click", expectUnloadPage: true},
        sees("#invoice_content, .o_portal_invoice_sidebar"),
    ],
});
