"""Which time zones a state has, where its country has several.

Rule. A state that is split between zones has all of them: a contact has to be right in
each. Neither city nor postcode is guessed from, but for zones of a few places whose names
are known (``PLACES``): a city that is named and is none of them lies elsewhere in the
state. A state that is not named here, or is written otherwise, has all zones of its
country.

Source. IANA tz database 2025b, comments of ``zone.tab`` (which states a zone covers);
for the United States 49 CFR part 71 (boundaries of the standard zones); for Quebec the
Magdalen Islands, Atlantic time (*Loi sur le temps légal*). Codes of states: those of
Odoo (``base``, res.country.state). Boundaries that are only a habit (Phenix City,
Creighton) are left out, and islands where nobody lives.

For the west of Amazonas Lei 12.876/2013 and the thirteen municipalities west of its line.

>>> STATE_ZONES["MX"]["BCN"], STATE_ZONES["US"]["FL"]
(('America/Tijuana',), ('America/New_York', 'America/Chicago'))
>>> [zones_of_city("BR", "AM", city) for city in ("Manaus", "EIRUNEPE")]
[('America/Manaus',), ('America/Eirunepe',)]
>>> zones_of_city("BR", "AM", "")
('America/Manaus', 'America/Eirunepe')
"""

from __future__ import annotations

import unicodedata

#: country → zones (the one with most people first) → states.
_STATES_BY_ZONES = {
    "AU": {
        "Australia/Sydney": "ACT",
        "Australia/Sydney Australia/Broken_Hill Australia/Lord_Howe": "NSW",
        "Australia/Melbourne": "VIC",
        "Australia/Brisbane Australia/Lindeman": "QLD",
        "Australia/Adelaide": "SA",
        "Australia/Perth Australia/Eucla": "WA",
        "Australia/Hobart Antarctica/Macquarie": "TAS",
        "Australia/Darwin": "NT",
    },
    "BR": {
        "America/Sao_Paulo": "DF ES GO MG PR RJ RS SC SP",
        "America/Bahia": "BA",
        "America/Maceio": "AL SE",
        # the islands of Fernando de Noronha are a district of Pernambuco
        "America/Recife America/Noronha": "PE",
        "America/Fortaleza": "CE MA PB PI RN",
        "America/Araguaina": "TO",
        "America/Belem": "AP",
        "America/Belem America/Santarem": "PA",
        "America/Campo_Grande": "MS",
        "America/Cuiaba": "MT",
        "America/Manaus America/Eirunepe": "AM",
        "America/Porto_Velho": "RO",
        "America/Boa_Vista": "RR",
        "America/Rio_Branco": "AC",
    },
    "CA": {
        "America/St_Johns America/Goose_Bay": "NL",
        "America/Halifax America/Glace_Bay": "NS",
        "America/Halifax": "PE",
        "America/Moncton": "NB",
        "America/Toronto America/Halifax America/Blanc-Sablon": "QC",
        "America/Toronto America/Winnipeg America/Atikokan": "ON",
        "America/Winnipeg": "MB",
        "America/Regina America/Swift_Current America/Edmonton": "SK",
        "America/Edmonton": "AB",
        "America/Vancouver America/Dawson_Creek America/Fort_Nelson America/Creston"
        " America/Edmonton": "BC",
        "America/Whitehorse America/Dawson": "YT",
        "America/Edmonton America/Inuvik": "NT",
        "America/Iqaluit America/Rankin_Inlet America/Cambridge_Bay America/Resolute"
        " America/Atikokan": "NU",
    },
    "CL": {
        "America/Santiago": "CL-AN CL-AP CL-AR CL-AT CL-BI CL-CO CL-LI CL-LL CL-LR"
        " CL-ML CL-NB CL-RM CL-TA",
        # Easter Island is a province of Valparaíso
        "America/Santiago Pacific/Easter": "CL-VS",
        "America/Coyhaique": "CL-AI",
        "America/Punta_Arenas": "CL-MA",
    },
    "ES": {
        "Europe/Madrid": "A AB AL AV B BA BI BU C CA CC CO CR CS CU GI GR GU H HU J L"
        " LE LO LU M MA MU NA O OR P PM PO S SA SE SG SO SS T TE TO V VA VI Z ZA",
        "Africa/Ceuta": "CE ME",
        "Atlantic/Canary": "GC TF",
    },
    "MX": {
        "America/Mexico_City": "AGU CHP CMX COL GRO GUA HID JAL MEX MIC MOR OAX PUE QUE"
        " SLP TAB TLA VER ZAC",
        "America/Monterrey": "DUR",
        "America/Monterrey America/Matamoros": "COA NLE TAM",
        "America/Merida": "CAM YUC",
        "America/Cancun": "ROO",
        "America/Chihuahua America/Ciudad_Juarez America/Ojinaga": "CHH",
        "America/Mazatlan": "BCS SIN",
        "America/Mazatlan America/Bahia_Banderas": "NAY",
        "America/Hermosillo": "SON",
        "America/Tijuana": "BCN",
    },
    "PT": {
        "Europe/Lisbon": "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18",
        "Atlantic/Azores": "20",
        "Atlantic/Madeira": "30",
    },
    "US": {
        "America/New_York": "CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV",
        "America/New_York America/Chicago": "FL",
        "America/Detroit America/Menominee": "MI",
        "America/Indiana/Indianapolis America/Indiana/Vincennes America/Indiana/Winamac"
        " America/Indiana/Marengo America/Indiana/Petersburg America/Indiana/Vevay"
        " America/Indiana/Tell_City America/Indiana/Knox America/Chicago": "IN",
        "America/New_York America/Kentucky/Louisville America/Kentucky/Monticello"
        " America/Chicago": "KY",
        "America/Chicago America/New_York": "TN",
        "America/Chicago": "AL AR IA IL LA MN MO MS OK WI",
        "America/Chicago America/Denver": "KS NE SD TX",
        "America/Chicago America/Denver America/North_Dakota/Center"
        " America/North_Dakota/New_Salem America/North_Dakota/Beulah": "ND",
        "America/Denver": "CO MT NM UT WY",
        # the Navajo Nation puts its clocks forward, the rest of Arizona does not
        "America/Phoenix America/Denver": "AZ",
        "America/Boise America/Los_Angeles": "ID",
        "America/Los_Angeles America/Boise": "OR",
        "America/Los_Angeles America/Denver": "NV",
        "America/Los_Angeles": "CA WA",
        "America/Anchorage America/Juneau America/Sitka America/Metlakatla"
        " America/Yakutat America/Nome America/Adak": "AK",
        "Pacific/Honolulu": "HI",
        "America/Puerto_Rico": "PR",
        "America/St_Thomas": "VI",
        "Pacific/Guam": "GU",
        "Pacific/Saipan": "MP",
        "Pacific/Pago_Pago": "AS",
        "Pacific/Palau": "PW",
        "Pacific/Majuro Pacific/Kwajalein": "MH",
        "Pacific/Chuuk Pacific/Pohnpei Pacific/Kosrae": "FM",
        # post of the armed forces: nobody knows where in the world
        "": "AA AE AP",
    },
}
#: country → state → its zones; none: nobody can tell.
STATE_ZONES = {
    country: {
        state: tuple(zones.split())
        for zones, states in by_zones.items()
        for state in states.split()
    }
    for country, by_zones in _STATES_BY_ZONES.items()
}
#: Countries of Odoo that have no code in ISO 3166, so that IANA does not know them.
COUNTRY_ZONES = {"XI": ("Europe/London",), "XK": ("Europe/Belgrade",)}
#: (country, state) → a zone of few places → their names, in lower case without accents.
PLACES = {
    ("BR", "AM"): {
        "America/Eirunepe": frozenset(
            (
                "atalaia do norte",
                "benjamin constant",
                "boca do acre",
                "eirunepe",
                "envira",
                "guajara",
                "ipixuna",
                "itamarati",
                "jutai",
                "labrea",
                "pauini",
                "sao paulo de olivenca",
                "tabatinga",
            )
        )
    },
    ("BR", "PE"): {"America/Noronha": frozenset({"fernando de noronha"})},
    ("CL", "CL-VS"): {
        "Pacific/Easter": frozenset({"isla de pascua", "rapa nui", "hanga roa"})
    },
}


def zones_of_city(country: str, state: str, city: str) -> tuple[str, ...] | None:
    """The zones of a state as far as its city tells them apart; None for a state that is
    not named here. See the top of this file."""
    zones = STATE_ZONES.get(country, {}).get(state)
    name = _plain(city)
    if not zones or not name:
        return zones
    places = PLACES.get((country, state), {})
    if found := tuple(zone for zone, names in places.items() if name in names):
        return found
    return tuple(zone for zone in zones if zone not in places)


def _plain(name: str) -> str:
    """In lower case, without accents and spaces around it."""
    letters = unicodedata.normalize("NFKD", name.casefold().strip())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
