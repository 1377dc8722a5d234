"""config.yaml: defaults, one readable line for every mistake, and the schema kept in step."""

from pathlib import Path

import pytest

from saigen import config as module
from saigen.cli import main
from saigen.config import Config, load_config, read_config, settings_json
from saigen.errors import UsageError
from saigen.paper import paper_names

ROOT = Path(__file__).parents[2]
EXPERIMENT = "overrides.gumbel_softmax.structured_prediction"


def override(**changes):
    return {"overrides": {"gumbel_softmax": {"structured_prediction": changes}}}


def test_an_empty_configuration_is_the_quick_scale_of_all_papers():
    config = load_config({})
    assert (config.scale, config.seeds, config.overrides) == ("quick", None, {})
    assert config.chosen == paper_names()
    assert config.compute.intra_op_threads == 1
    assert config.compute.deterministic


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"scal": "quick"}, "`scal: quick` is not a setting; did you mean `scale`?"),
        (
            {"scale": "quik"},
            "`scale: quik`: input should be 'smoke', 'quick', 'standard' or 'paper'",
        ),
        ({"seeds": 0}, "`seeds: 0`: input should be greater than or equal to 1"),
        ({"seeds": 10**6}, "`seeds: 1000000`: input should be less than or equal to 1000"),
        (
            {"compute": {"intra_op_threads": 20000}},
            "`compute.intra_op_threads: 20000`: input should be less than or equal to 1024",
        ),
        ({"papers": 3}, "`papers: 3`: input should be 'all' or a valid list"),
        (
            {"papers": ["gumbel_sotfmax"]},
            "`papers`: `gumbel_sotfmax` is not a paper here; did you mean `gumbel_softmax`?",
        ),
        ({"data": {"offlin": 1}}, "`data.offlin: 1` is not a setting; did you mean `offline`?"),
        ({"data": {"mirrors": "x"}}, "`data.mirrors: x`: input should be a valid list"),
        (
            {"data": {"image_folders": {"mine": 3}}},
            "`data.image_folders.mine: 3`: input should be a valid string or a valid dictionary",
        ),
        (
            {"data": {"image_folders": {"a;touch pwned": "x"}}},
            "`data.image_folders`: `a;touch pwned` is not a name: small letters, digits and "
            "underscores are wanted, a letter first",
        ),
        ({"compute": {"device": "tpu"}}, "`compute.device: tpu`: input should be 'auto', 'cpu'"),
        (
            {"overrides": {"gumbel_sotfmax": {}}},
            "`overrides.gumbel_sotfmax` is not a paper here; did you mean `gumbel_softmax`?",
        ),
        (
            {"overrides": {"gumbel_softmax": {"structured": {}}}},
            "`overrides.gumbel_softmax.structured` is not an experiment of gumbel_softmax; "
            "did you mean `structured_prediction`?",
        ),
        (
            override(learning_rat=0.01),
            f"`{EXPERIMENT}.learning_rat: 0.01` is not a setting of gumbel_softmax; "
            "did you mean `learning_rate`? See `saigen settings gumbel_softmax`.",
        ),
        (override(learning_rate="fast"), f"`{EXPERIMENT}.learning_rate: fast`: a number is"),
        (override(learning_rate=True), f"`{EXPERIMENT}.learning_rate: True`: a number is"),
        (override(learning_rate=float("nan")), f"`{EXPERIMENT}.learning_rate: nan`: a number is"),
        (override(steps=0.5), f"`{EXPERIMENT}.steps: 0.5`: a whole number is wanted"),
        (override(steps=10**400), f"`{EXPERIMENT}.steps: 1000"),
        (override(steps=[1, 2]), f"`{EXPERIMENT}.steps: [1, 2]`: a number is wanted"),
        (override(normalise=1), f"`{EXPERIMENT}.normalise: 1`: true or false is wanted"),
        (override(codes=1), f"`{EXPERIMENT}.codes: 1`: text is wanted"),
        (override(seeds=0), f"`{EXPERIMENT}.seeds: 0`: at least 1 is wanted"),
        (override(seeds=1001), f"`{EXPERIMENT}.seeds: 1001`: at most 1000 is wanted"),
        (override(steps=2**31), f"`{EXPERIMENT}.steps: 2147483648`: at most 2147483647 is wanted"),
        (override(steps=0), f"`{EXPERIMENT}.steps: 0`: at least 1 is wanted"),
        (override(batch_size=-2), f"`{EXPERIMENT}.batch_size: -2`: at least 1 is wanted"),
        (override(log_every=0), f"`{EXPERIMENT}.log_every: 0`: at least 1 is wanted"),
        (override(evaluate_every=-1), f"`{EXPERIMENT}.evaluate_every: -1`: at least 0 is wanted"),
        (override(runs_per_job=0), f"`{EXPERIMENT}.runs_per_job: 0`: at least 1 is wanted"),
        (
            override(estimator=["gumble"]),
            f"`{EXPERIMENT}.estimator: ['gumble']`: `gumble` is not a level; did you mean `gumbel`",
        ),
        (override(estimator=[]), f"`{EXPERIMENT}.estimator: []`: a list of different levels is"),
    ],
)
def test_a_mistake_is_told_in_one_line(content, message):
    with pytest.raises(UsageError) as caught:
        load_config(content)
    assert str(caught.value).startswith(f"config.yaml: {message}")
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_every_mistake_is_told_not_only_the_first():
    with pytest.raises(UsageError) as caught:
        load_config({"scal": "quick", "seeds": 0}, "mine.yaml")
    lines = str(caught.value).splitlines()
    assert len(lines) == 2
    assert all(line.startswith("mine.yaml: ") for line in lines)


@pytest.mark.parametrize(
    "changes",
    [
        {"learning_rate": "1e-3"},
        {"learning_rate": 1},
        {"steps": "1e3"},
        {"estimator": "gumbel"},
        {"estimator": ["st", "sf"]},
        {"normalise": False},
        {"dataset": "my_digits"},
    ],
)
def test_a_sensible_override_is_accepted(changes):
    assert load_config(override(**changes)).overrides


@pytest.mark.parametrize("none", [[], "", " , "])
def test_a_list_of_no_papers_is_told(none):
    with pytest.raises(UsageError, match=r"`papers` names none; `all` or a list of papers"):
        load_config({"papers": none})


def test_papers_may_be_a_word_or_words_as_on_the_command_line():
    assert load_config({"papers": "gumbel_softmax"}).papers == ["gumbel_softmax"]
    assert load_config({"papers": "gumbel_softmax, gumbel_softmax"}).chosen == ["gumbel_softmax"]
    assert load_config({"papers": "all"}).chosen == paper_names()


def test_a_paper_named_twice_is_run_once():
    assert load_config({"papers": ["gumbel_softmax"] * 2}).chosen == ["gumbel_softmax"]


def test_the_schema_file_is_in_step_with_the_model():
    written = (ROOT / "workflow/schemas/config.schema.yaml").read_text(encoding="utf-8")
    assert written == module.schema(), "run `saigen schema`"


def test_the_configuration_file_states_every_key_and_its_default():
    content = read_config(ROOT / "config.yaml")
    assert load_config(content) == Config()
    assert list(content) == list(Config.model_fields)
    for part in ("data", "compute"):
        assert list(content[part]) == list(Config.model_fields[part].annotation.model_fields)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"a: [", "not valid YAML"),
        (b"- a", "a mapping is wanted"),
        (b"scale: quick  # caf\xe9", "not UTF-8"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_is_no_configuration_is_told(tmp_path, text, message):
    path = tmp_path / "config.yaml"
    if text is not None:
        path.write_bytes(text)
    with pytest.raises(UsageError, match=message):
        read_config(path)


def test_a_file_that_is_named_must_be_there(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results").mkdir()
    assert main(["status", "--scale", "smoke", "--papers", "cg_gan"]) == 0
    assert main(["status", "--config", "mine.yaml"]) == 2
    assert "mine.yaml: cannot be read" in capsys.readouterr().err


def test_an_experiment_depends_on_its_own_piece_of_the_configuration_alone():
    before = settings_json(load_config({}), "gumbel_softmax", ["vae"])
    unrelated = override(steps=7) | {"data": {"folder": "x"}, "papers": ["gumbel_softmax"]}
    assert settings_json(load_config(unrelated), "gumbel_softmax", ["vae"]) == before
    mine = settings_json(
        load_config(override(steps=7)), "gumbel_softmax", ["structured_prediction"]
    )
    assert mine == override(steps=7)
    assert load_config(mine).overrides == override(steps=7)["overrides"]
    threads = load_config({"compute": {"intra_op_threads": 2}})
    assert settings_json(threads, "gumbel_softmax", ["vae"]) != before
