/** Steps in the words of the trade, so that the tours read like stories. */

export const sees = (trigger) => ({trigger});

export const openRow = (text, scope = ".o_list_view") => ({
    trigger: `${scope} .o_data_row:contains(${text}) [name=partner_id], ${scope} .o_data_row:contains(${text}) [name=name]`,
    run: "click",
});

export const confirmDialog = () => ({
    content: "Yes, really",
    trigger: ".modal .modal-footer .btn-primary",
    run: "click",
});

export const selectRow = (text) => ({
    trigger: `.o_data_row:contains(${text}) .o_list_record_selector input`,
    run: "click",
});

export const back = () => ({
    trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item.o_back_button a",
    run: "click",
});

export const openMenu = (xmlid) => [
    {trigger: `button[data-menu-xmlid='${xmlid}']`, run: "click"},
    sees(".o-dropdown--menu [data-menu-xmlid]"),
];
