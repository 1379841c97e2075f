# The commands of the house; CI calls the same ones. `make help` lists them.
#
# Nothing but make and any Python from 3.8 on is needed to begin with: the rest is found, or installed into `.venvs/`.
# Each step of the set-up is skipped while what goes into it is unchanged (ops/fresh.py), so a second run is quick.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

export PYTHONPATH := .
export TF_CPP_MIN_LOG_LEVEL := 2
export RASA_TELEMETRY_ENABLED := false
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export PYTHONWARNINGS := ignore::DeprecationWarning
export TQDM_MININTERVAL := 1
export RASA_CACHE_DIRECTORY := .rasa/cache

ASSISTANT := .venvs/assistant/bin/python
SERVICES := .venvs/services/bin/python
FRESH := $(SERVICES) -m ops.fresh
# Any Python that runs starts the set-up, which looks for the two right ones itself. Looked for only where it is needed.
ANY_PYTHON = $(shell for python in $(DAOGOU_PYTHON311) python3 python3.11 python3.10 python \
	"$$HOME"/.pyenv/versions/3.1*/bin/python; do "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))' \
	2> /dev/null && echo "$$python" && break; done)

VENDURE := artifacts/npm/vendure-create
ENCODER := artifacts/encoder
MULTILINGUAL := artifacts/encoder_multilingual
INTENTS := artifacts/encoder_intents
ENCODER_CODE := $(wildcard ops/export_encoder.py ops/bert_*.py ops/e5_weights.py ops/encoder_adapter.py) \
	requirements/services.txt
LEXICON := artifacts/lexicon.json
WORD_GROUPS := artifacts/goods/groups.json
GOODS := artifacts/goods/tagger.crfsuite
FIGURES := artifacts/figures
RECSYS := artifacts/recsys/demo
VISION := artifacts/vision/demo
MODEL := models/daogou.tar.gz
TRAINING_DATA := data/nlu data/rules data/stories
# A process for each core, which takes a whole file at a time: what a file's tests share is made once.
IN_PARALLEL := --numprocesses logical --dist loadfile
DEMO_SHOP := artifacts/demo/shop.db
SEED_CODE := requirements/services.txt $(wildcard shop/demo* shop/simulator* shop/models*.py) shop/migrations shop/importers

.PHONY: help run test shell train evaluate evaluate-nlu evaluate-recsys evaluate-service evaluate-aims evaluate-vision evaluate-replies mine \
	bench bench-recsys bench-vision bench-replies fuzz-service reply-examples lock clean ports environments packages shop \
	recommender vision replies encoder goods lint check-browser

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)$$/\1 \2/p' Makefile | while read -r name what; do \
		printf '  make %-16s %s\n' "$$name" "$$what"; done

run: ports train ## set up what is missing or stale, start both servers, print the page's address
	@exec $(SERVICES) -m ops.serve

test: check-browser train lint ## run the linters and every test, in both interpreters and in a browser
	@OMP_NUM_THREADS=1 $(SERVICES) -m pytest $(IN_PARALLEL)
	@OMP_NUM_THREADS=1 $(ASSISTANT) -m pytest $(IN_PARALLEL) tests/assistant

shell: train ## talk to the assistant in this terminal
	@exec $(SERVICES) -m ops.shell

train: shop recommender vision replies goods ## set up and train what is stale, and start nothing
	@$(FRESH) "Assistant" --inputs config.yml assistant/domain $(TRAINING_DATA) data/reasons.csv data/lexicon assistant/nlu \
		requirements/assistant.txt $(LEXICON) $(GOODS) $(ENCODER)/encoder.json $(INTENTS)/encoder.json --outputs $(MODEL) -- \
		$(ASSISTANT) -m assistant train --config config.yml --domain assistant/domain --data $(TRAINING_DATA) \
		--out models --fixed-model-name daogou --skip-validation

evaluate: train ## measure how well messages are understood, products found and questions about the shop answered
	@mkdir -p $(FIGURES)
	@for language in en zh; do for split in test strangers; do $(ASSISTANT) -m assistant.nlu.evaluate --model models \
		--data tests/data/nlu_$$language.yml --split $$split --json $(FIGURES)/nlu_$${language}_$$split.json || exit 1; \
	done; done
	@for language in en zh; do $(ASSISTANT) -m assistant.nlu.evaluate_robustness --data tests/data/nlu_$$language.yml \
		--json $(FIGURES)/robustness_$$language.json || exit 1; done
	@$(ASSISTANT) -m assistant.nlu.evaluate_several --json $(FIGURES)/several.json
	@$(ASSISTANT) -m assistant.nlu.evaluate_goods --json $(FIGURES)/goods.json
	@$(ASSISTANT) -m assistant.nlu.evaluate_reasons --json $(FIGURES)/reasons.json
	@for language in en zh; do $(SERVICES) -m ops.evaluate_search --language $$language \
		--json $(FIGURES)/search_quality_$$language.json || exit 1; done
	@for language in en zh; do $(SERVICES) -m ops.evaluate_policies --language $$language \
		--json $(FIGURES)/policies_$$language.json || exit 1; done

evaluate-service: train ## measure how scripted shoppers fare at the service desk, in the whole assistant; JSON=FILE for the figures
	@mkdir -p $(FIGURES)
	@$(SERVICES) -m ops.evaluate_service --json $(or $(JSON),$(FIGURES)/service.json)

evaluate-aims: train ## play conversations that were written with an aim, in the whole assistant; JSON=FILE for the figures
	@mkdir -p $(FIGURES)
	@$(SERVICES) -m ops.evaluate_aims --json $(or $(JSON),$(FIGURES)/aims.json) --transcripts $(FIGURES)/aims.txt

evaluate-nlu: goods ## tell intents apart on public sets in DATASETS=DIR, beside Rasa's stock pipeline; JSON=FILE for the figures
	@mkdir -p $(FIGURES)
	@$(ASSISTANT) -m assistant.nlu.evaluate_public --datasets "$(DATASETS)" --json $(or $(JSON),$(FIGURES)/nlu_public.json)

evaluate-recsys: recommender ## compare every way of recommending on DATASETS=DIR and the demo shop; JSON=FILE for the figures
	@mkdir -p $(FIGURES)
	@$(SERVICES) -m recsys.evaluate $(if $(DATASETS),--datasets $(DATASETS)) --demo $(RECSYS)/data \
		--json $(or $(JSON),$(FIGURES)/recsys.json) --plots $(FIGURES)/recsys

evaluate-vision: vision ## measure photo search on DATASETS=DIR and the demo shop; JSON=FILE for the figures
	@mkdir -p $(FIGURES)
	@$(SERVICES) -m vision.evaluate $(if $(DATASETS),--datasets $(DATASETS)) --demo $(VISION) \
		--json $(or $(JSON),$(FIGURES)/vision.json)

evaluate-replies: replies ## measure replies on held-out families and misleading facts; JSON=FILE for the figures
	@mkdir -p $(FIGURES)
	@$(SERVICES) -m replies.evaluate --json $(or $(JSON),$(FIGURES)/replies.json) --samples $(FIGURES)/replies.txt

mine: train ## group what shoppers said and was not understood, for review; CONVERSATIONS=FILE or MESSAGES=FILE, OUT=FILE
	@$(ASSISTANT) -m assistant.nlu.mine $(if $(MESSAGES),--messages "$(MESSAGES)") \
		$(if $(or $(CONVERSATIONS),$(if $(MESSAGES),,1)),--conversations \
		"$(or $(CONVERSATIONS),$(DAOGOU_TRACKER_DB),var/tracker.db)") --out "$(or $(OUT),var/review.yml)"

bench: train ## time the whole assistant beside Rasa's stock pipeline, and the search of 50,000 products
	@mkdir -p $(FIGURES)
	@$(SERVICES) -m ops.bench --json $(FIGURES)/assistant.json
	@$(SERVICES) -m ops.bench_search --products 50000 --json $(FIGURES)/search.json

bench-recsys: environments ## time recommendations among 100,000 and a million items, and their training beside ALS
	@mkdir -p $(FIGURES)
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(SERVICES) -m ops.bench_recsys --json $(FIGURES)/recsys_speed.json

bench-vision: train ## time photo search among up to a million pictures, and in the whole assistant; JSON=FILE for the figures
	@mkdir -p $(FIGURES)
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(SERVICES) -m ops.bench_vision --json $(or $(JSON),$(FIGURES)/vision_speed.json)

bench-replies: replies ## time the writing of replies in every form of the model, beside plain transformers; JSON=FILE
	@mkdir -p $(FIGURES)
	@OMP_NUM_THREADS=1 $(SERVICES) -m ops.bench_replies --json $(or $(JSON),$(FIGURES)/replies_speed.json)

fuzz-service: environments ## drive orders, cancels, returns and refunds through 10,000 random steps on each database; STEPS=N for others
	@DAOGOU_FUZZ_STEPS=$(or $(STEPS),10000) $(SERVICES) -m pytest -s tests/shop/test_service_fuzz.py

reply-examples: environments ## make the examples of replies anew from their situations, and check each against the guard
	@$(SERVICES) -m replies.dataset write
	@$(SERVICES) -m replies.dataset check

lock: environments ## compile requirements/*.in to the pinned files, with hashes
	@for name in assistant services tools; do \
		python=$(SERVICES); if [ $$name = assistant ]; then python=$(ASSISTANT); fi; \
		.venvs/tools/bin/uv pip compile --quiet --no-annotate --generate-hashes --custom-compile-command "make lock" \
			--python $$python requirements/$$name.in -o requirements/$$name.txt; done

clean: ## delete everything that was made: environments, models, artifacts, the demo shop
	rm -rf .venvs .stamps .rasa models artifacts var

ports:
	@$(call bootstrap,ops.ports)

check-browser:
	@$(call bootstrap,ops.browser)

environments:
	@$(call bootstrap,ops.environments)

packages: environments
	@$(FRESH) "npm packages" --inputs ops/npm.py ops/npm_packages.toml \
		--outputs artifacts/npm/deep-chat $(VENDURE) -- $(SERVICES) -m ops.npm

encoder: environments
	@$(FRESH) "Sentence encoder" --inputs $(ENCODER_CODE) --outputs $(addprefix $(ENCODER)/,model.onnx tokenizer.json \
		encoder.json) -- $(SERVICES) -m ops.export_encoder --model english --out $(ENCODER)
	@$(FRESH) "Sentence encoder, multilingual" --inputs $(ENCODER_CODE) --outputs $(addprefix $(MULTILINGUAL)/,model.onnx \
		tokenizer.json encoder.json) -- $(SERVICES) -m ops.export_encoder --model multilingual --out $(MULTILINGUAL)
	@$(FRESH) "Sentence encoder, taught the intents" --inputs $(ENCODER_CODE) data/encoder --outputs \
		$(addprefix $(INTENTS)/,model.onnx tokenizer.json encoder.json) -- \
		$(SERVICES) -m ops.export_encoder --model intents --out $(INTENTS)

# Which words of a message name goods, learnt from examples in which they are marked.
goods: shop encoder
	@$(FRESH) "Word groups" --inputs ops/word_groups.py requirements/services.txt $(ENCODER)/encoder.json \
		$(MULTILINGUAL)/encoder.json --outputs $(WORD_GROUPS) -- $(SERVICES) -m ops.word_groups --english $(ENCODER) \
		--multilingual $(MULTILINGUAL) --out $(WORD_GROUPS)
	@$(FRESH) "Goods in messages" --inputs data/nlu data/lexicon assistant/nlu requirements/assistant.txt $(LEXICON) \
		$(WORD_GROUPS) --outputs $(GOODS) -- $(ASSISTANT) -m assistant.nlu.goods_training --data data/nlu --out $(GOODS)

# The demo shop is seeded once; `make run` and the tests each work on a copy. A shop of one's own, named by
# DAOGOU_DATABASE_URL, gets the newest tables and no demo data.
shop: packages
	@$(FRESH) "Demo shop" --inputs $(SEED_CODE) $(VENDURE)/assets/products.csv --outputs $(DEMO_SHOP) var/images -- \
		sh -c 'rm -f $(DEMO_SHOP)* && exec $(SERVICES) -m shop.demo --database-url sqlite:///$(DEMO_SHOP) \
		--stamp $(DEMO_SHOP:.db=.json) --vendure $(VENDURE) --images var/images'
	@$(SERVICES) -m ops.shop_set_up $(LEXICON)

# Learnt from what shoppers did: in the demo from its simulated half year, in a shop of one's own once a day.
recommender: shop
	@$(SERVICES) -m ops.recommender_set_up

# Tuned on the shop's own pictures; a shop without pictures has no photo search.
vision: shop
	@$(SERVICES) -m ops.vision_set_up

# Replies come with a model that was trained here; without it one is trained from the same examples.
replies: environments
	@$(SERVICES) -m ops.replies_set_up

lint: environments
	@$(SERVICES) -m ruff check .
	@$(SERVICES) -m ruff format --check .
	@$(SERVICES) -m mypy

define bootstrap
python="$(ANY_PYTHON)"; if [ -z "$$python" ]; then echo "No Python from 3.8 on was found on PATH: install Python 3.11, \
or name one: DAOGOU_PYTHON311=/path/to/python3.11" >&2; exit 1; fi; "$$python" -m $(1)
endef
