"""Bars for a person, lines for a log."""

import io

from rich.console import Console

from saigen.progress import nobody, watching


def test_a_log_gets_the_lines_as_they_are():
    file = io.StringIO()
    with watching(Console(file=file, force_terminal=False)) as (tell, watch):
        assert watch is nobody
        tell("step 5/10, 2 s left: [loss] 3")
        watch("a/seed0", 5, 10)
    assert file.getvalue() == "step 5/10, 2 s left: [loss] 3\n"


def test_a_terminal_gets_a_bar_a_run_below_the_lines():
    file = io.StringIO()
    on = Console(file=file, force_terminal=True, force_interactive=True, width=100)
    with watching(on) as (tell, watch):
        watch("a/seed0", 0, 10)
        watch("a/seed0", 10, 10)
        watch("a/seed1", 4, 10)
        tell("run 2 of 2: [a]")
    said = file.getvalue()
    assert "10/10" in said and "4/10" in said and "a/seed1" in said and "run 2 of 2: [a]" in said
