"""Which intents a bare word or number can mean what in: "2" is a quantity when adding and an ordinal when comparing."""

from __future__ import annotations

BY_PHOTO = "search_by_photo"
SORTING = "sort_results"
SEARCHING = frozenset({"search_products", "refine_search", SORTING, "show_more", BY_PHOTO})
CHANGE_QUANTITY = "change_quantity"
CHANGING = frozenset({"add_to_cart", CHANGE_QUANTITY, "remove_from_cart"})
ASKING = frozenset({"show_details", "ask_option", "ask_price", "compare_products"})
ORDERS = frozenset({"track_order", "list_orders"})

# At the service desk. Of some of what was bought: words of the catalogue say which.
RETURNING = frozenset({"cancel_order", "return_product"})
# What is told of counts there may be a story: "my mother bought one".
TAKING_BACK = RETURNING | {"remove_from_cart"}
EXCHANGING, REPORTING, REORDERING = "exchange_product", "report_problem", "reorder"
# Why something comes back is told, in one of many ways.
TELLING_WHY = frozenset({"return_product", EXCHANGING, REPORTING})
ABOUT_BOUGHT = RETURNING | {EXCHANGING, REPORTING, REORDERING, "ask_warranty"}
# Of a whole order, where a name says which order, and of where it goes, where a name may be one of a street.
ABOUT_ORDER = frozenset({"track_order", "track_refund", "request_invoice"})
READDRESSING = "change_address"
COMPLAINING = "complain"
INVOICING = "request_invoice"
RATING = "rate_service"
CODES = frozenset({"use_code", "remove_code"})
# A number there is an order's, and a date is when it was ordered.
NUMBERED = ORDERS | ABOUT_BOUGHT | ABOUT_ORDER
DATED = (NUMBERED | {READDRESSING, "inform"}) - {REPORTING}

# The assistant chooses: what is named narrows the choice, and nothing points at what was shown.
RECOMMENDING = "recommend"
OFFERING = frozenset({RECOMMENDING, "ask_new", "ask_deals"})
# It chooses by a product that was shown, or is told what to make of one.
STARTING_FROM_ONE = frozenset({"ask_similar", "ask_goes_with"})
JUDGING = frozenset({"ask_why", "dismiss_product", "adjust_recommendations"})
# Asked for, it may be for somebody else.
GIVING = OFFERING | {"search_products", "nlu_fallback"}
# What holds for every choice; "undo that" points at no product.
WISHES = frozenset({"state_wish", "show_wishes", "undo_adjustment"})
# What shall never be shown is told, or may be shown again.
AVOIDING = WISHES - {"show_wishes"}

# Talk of no product: numbers, "it" and "that" mean nothing in "that's all, thanks".
SMALL_TALK = WISHES | {
    "greet",
    "goodbye",
    "thank",
    "ask_help",
    "ask_bot",
    "out_of_scope",
    "ask_policy",
    "view_cart",
    "clear_cart",
    "check_out",
    "talk_to_person",
    COMPLAINING,
    "go_back",
    "start_over",
    "resume_case",
    RATING,
    *CODES,
}

# Said to a question of the assistant, where "that" is what was asked: "yes, that is correct".
ANSWERING = frozenset({"affirm", "deny", "cancel"})

CHOOSING = OFFERING | STARTING_FROM_ONE
REFINING = "refine_search"
UNSURE = "nlu_fallback"
# Why something comes back; the last two may answer the question, as "I changed my mind" does.
REASONED = frozenset({"return_product", EXCHANGING, REPORTING, UNSURE, "inform", "cancel", "deny"})
# Talk in which a code may be told beside other things, a tax number alone, and stars in praise or blame.
MAY_TELL_CODE = CODES | {"inform", UNSURE, "check_out"}
STARRED = frozenset({RATING, "inform", UNSURE, "thank", COMPLAINING})
CAN_EXCLUDE = OFFERING | {"search_products", REFINING, BY_PHOTO, "ask_similar", "inform", UNSURE}
# "Not the red one, the blue one" turns from one thing to another; elsewhere "not this one" is about this one.
CAN_TURN_AWAY = CAN_EXCLUDE | {"add_to_cart", "show_details"}
LIMITED = SEARCHING | CHOOSING | {"inform", "state_wish"}
PRICED = LIMITED | ASKING | {"ask_stock", "add_to_cart", "nlu_fallback"}
SORTED = SEARCHING | {"inform", "nlu_fallback"}
STOCKED = SEARCHING | {"inform", "nlu_fallback"}
NUMBER_IS_QUANTITY = CHANGING | RETURNING | {"ask_stock"}
NUMBER_IS_ORDINAL = ASKING | STARTING_FROM_ONE | JUDGING
# "2号" is the second of what was shown; in a search it is a size of a ball, and at the desk a day or a house.
PLACED = ASKING | CHANGING | STARTING_FROM_ONE | JUDGING | {"ask_stock", "inform"}
UNCOUNTED = (
    (CHOOSING | JUDGING | ABOUT_BOUGHT | ABOUT_ORDER | {"compare_products", "show_details", "ask_option", READDRESSING})
    - RETURNING
    - {EXCHANGING}
)
HAS_SIZES = ASKING | CHANGING | SEARCHING | CHOOSING | {"inform", "ask_stock", "nlu_fallback", EXCHANGING}
ANSWERS = frozenset({"inform", "refine_search", "ask_option", "nlu_fallback"})
NAMES_OPTIONS = frozenset({"inform", "refine_search", "ask_option", "show_details", "compare_products"})
HAS_QUERY = (
    ASKING
    | CHANGING
    | CHOOSING
    | {
        "search_products",
        "refine_search",
        SORTING,
        BY_PHOTO,
        "ask_stock",
        "inform",
        "ask_why",
        "dismiss_product",
        "nlu_fallback",
    }
)

INFORM = "inform"
# Asked is whether something fits a need, which any word may tell: "can it stand in the rain?"
COMPARING = "compare_products"
FITTING = frozenset({"ask_option", COMPARING})
# What goods must be narrows a search or decides between two: "only waterproof ones", "which is quiet enough?"
SAYS_NEEDS = OFFERING | {COMPARING, "search_products", REFINING, BY_PHOTO, "show_more"}
# Whatever is left of a message is what to search for, or an answer such as a name.
NAMES_ANYTHING = frozenset({"search_products", "inform"})
# These follow what was shown; a word that the shop does not know is then rather a verb.
NAMES_KNOWN_GOODS = frozenset({"refine_search", "ask_why", "dismiss_product", "nlu_fallback"}) | CHANGING - {
    "add_to_cart"
}
# A word that ends as names of goods do is one, known or not; these are about little else.
NAMES_GOODS = CHOOSING | {BY_PHOTO, REFINING, "ask_stock", "dismiss_product"}
