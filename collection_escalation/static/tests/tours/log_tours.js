import {back, openRow, sees} from "./tour_words";
import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("collection_log", {
    url: "/odoo/collection-log",
    steps: () => [
        sees(".o_data_row:contains(Loja Azul) [name=made_local]:contains(São Paulo)"),
        sees(".o_data_row:contains(Not permitted) [name=who]:contains(collector)"),
        openRow("E-mail"),
        {trigger: ".o_notebook a[name=log]", run: "click"},
        sees(".o_field_widget[name=evidence]:contains(openerp-statement)"),
        sees(".o_field_widget[name=decision_version]:contains(HOUSE@)"),
        {trigger: ".o_form_view button[name=action_annotate]", run: "click"},
        sees(".modal .o_field_widget[name=contact_id]:contains(Loja Azul)"),
        {
            trigger: ".modal .o_field_widget[name=text] textarea",
            run: "edit She called: it arrived",
        },
        {
            trigger: ".modal .o_field_widget[name=reference] input",
            run: "edit REC-77",
        },
        {trigger: ".modal .o_form_button_save", run: "click"},
        sees(
            ".o_field_widget[name=annotation_ids] .o_data_row:contains(it arrived):contains(REC-77)"
        ),
        sees(".o_field_widget[name=evidence]:contains(REC-77)"),
        back(),
        {trigger: ".o_switch_view.o_calendar", run: "click"},
        sees(".o_calendar_view"),
    ],
});
