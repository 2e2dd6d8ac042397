import {registry} from "@web/core/registry";
import {sees} from "./tour_words";

const tours = registry.category("web_tour.tours");

// What debtors do on the page of a message, with a thumb, on a phone of 390 pixels.

/** Nothing hangs over the edge, and what is tapped is large enough for a thumb. */
function checkFitsThePhone() {
    const {scrollWidth, clientWidth} = document.documentElement;
    if (scrollWidth > clientWidth || clientWidth > 390) {
        throw new Error(`${scrollWidth} wide on a screen of ${clientWidth}`);
    }
    for (const button of document.querySelectorAll("main .btn")) {
        const {height} = button.getBoundingClientRect();
        if (height < 44) {
            throw new Error(`“${button.textContent}” is only ${height} pixels high`);
        }
    }
}

const fits = (trigger) => ({trigger, run: checkFitsThePhone});

const tap = (trigger) => ({trigger, run: "click", expectUnloadPage: true});

const tapAnswer = (label) => tap(`main a.btn:contains("${label}")`);

const prove = (digits) => [
    fits("main form input[name=digits]"),
    {trigger: "main input[name=digits]", run: `edit ${digits}`},
    tap("main button[type=submit]"),
];

/** As from the gallery of the phone: a small file. */
function chooseProof({anchor}) {
    const content = "%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF";
    const chosen = new DataTransfer();
    chosen.items.add(new File([content], "proof.pdf", {type: "application/pdf"}));
    anchor.files = chosen.files;
    anchor.dispatchEvent(new Event("change", {bubbles: true}));
}

const seesThanks = (text) => fits(`main [role=status]:contains("${text}")`);

tours.add("collection_answer_paid", {
    steps: () => [
        sees("main:not(:contains(INV/))"),
        ...prove("0000"),
        sees("main [role=alert]:contains(does not fit)"),
        ...prove("4725"),
        fits("main table:contains(INV/)"),
        tapAnswer("I have paid"),
        fits("main input[name=date]"),
        fits("main input[type=file]"),
        {trigger: "main input[name=amount]", run: "edit lots"},
        tap("main button[type=submit]"),
        sees("main [role=alert]:contains(numbers only)"),
        {trigger: "main input[name=amount]", run: "edit 2.000,00"},
        {trigger: "main input[name=document]", run: chooseProof},
        tap("main button[type=submit]"),
        seesThanks("We look for your payment"),
        tap("main a:contains(Back to the message)"),
        sees("main table:contains(INV/)"),
    ],
});

// From the button in the message: the digits come first, then the answer.
tours.add("collection_answer_not_received", {
    steps: () => [
        ...prove("4725"),
        fits("main h1:contains(I did not receive the invoice)"),
        {trigger: "main textarea[name=text]", run: "edit To my new address, please"},
        tap("main button[type=submit]"),
        seesThanks("We see to it that it reaches you"),
    ],
});

tours.add("collection_answer_call_me", {
    steps: () => [
        tapAnswer("Call me"),
        fits("main input[name=number][required]"),
        {trigger: "main label:has(input[name=when]):last", run: "click"},
        sees("main label:last-child input[name=when]:checked"),
        {trigger: "main input[name=number]", run: "edit 21 98888-7777"},
        {trigger: "main textarea[name=text]", run: "edit About the delivery"},
        tap("main button[type=submit]"),
        seesThanks("We will call you"),
    ],
});

tours.add("collection_answer_not_me", {
    steps: () => [
        tapAnswer("I am not this person"),
        fits("main h1:contains(I am not this person)"),
        tap("main button[type=submit]"),
        seesThanks("excuse us"),
        sees("main:not(:has(a:contains(Back)))"),
    ],
});
