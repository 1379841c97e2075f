"""A bot small enough to train in seconds, whose every rule serves one behaviour of the web channel."""

CONFIG = """
assistant_id: tiny
recipe: default.v1
pipeline:
  - name: WhitespaceTokenizer
  - name: KeywordIntentClassifier
  - name: assistant.nlu.photos.PhotoIntent
policies:
  - name: RulePolicy
    core_fallback_threshold: 0.0
    enable_fallback_prediction: false
"""

DOMAIN = """
version: "3.1"
intents: [greet, search_products, search_by_photo, add_to_cart, track_order, thank, goodbye, nlu_fallback]
entities: [sku, quantity, region, language]
slots:
  language: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: language}]}
  wishes: {type: any, influence_conversation: false, mappings: [{type: custom}]}
  pending: {type: any, influence_conversation: false, mappings: [{type: custom}]}
  requests_left: {type: any, influence_conversation: false, mappings: [{type: custom}]}
  ship_street: {type: any, influence_conversation: false, mappings: [{type: custom}]}
responses:
  utter_greet:
    - text: Hello!
      buttons:
        - title: Show cameras
          payload: /search_products
  utter_unavailable:
    - text: Sorry, that does not work right now. Please try again in a moment.
  utter_requests_wait:
    - text: "Later:\\n{rest}"
  utter_requests_not_done:
    - text: "Not done:\\n{rest}"
  utter_requests_too_many:
    - text: "Too much:\\n{rest}"
actions: [action_show_cards, action_add_to_cart, action_track_order, action_say_nothing]
session_config:
  session_expiration_time: 60
  carry_over_slots_to_new_session: true
"""

NLU = """
version: "3.1"
nlu:
  - intent: greet
    examples: "- hello\\n- hi\\n- restart"
  - intent: search_products
    examples: "- cameras"
  - intent: track_order
    examples: "- where is my order"
  - intent: thank
    examples: "- thanks"
  - intent: add_to_cart
    examples: "- add it"
"""

RULES = """
version: "3.1"
rules:
  - rule: greet
    steps: [{intent: greet}, {action: utter_greet}]
  - rule: search
    steps: [{intent: search_products}, {action: action_show_cards}]
  - rule: search by photo
    steps: [{intent: search_by_photo}, {action: action_show_cards}]
  - rule: add
    steps: [{intent: add_to_cart}, {action: action_add_to_cart}]
  - rule: say nothing
    steps: [{intent: thank}, {action: action_say_nothing}]
  - rule: track, by two actions
    steps: [{intent: track_order}, {action: action_track_order}, {action: action_show_cards}]
"""

FILES = {"config.yml": CONFIG, "domain.yml": DOMAIN, "data/nlu.yml": NLU, "data/rules.yml": RULES}

CARD = {
    "title": "Camera",
    "subtitle": "$499.00 · 12 in stock",
    "image_url": "/webhooks/web/images/camera.jpg",
    "buttons": [{"title": "Add to cart", "type": "postback", "payload": '/add_to_cart{"sku": "CAM-1"}'}],
}
