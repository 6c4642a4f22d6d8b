from hypothesis import given
from hypothesis import strategies as st

from flexorchd.insight.words import ago, duration, figure, many, size, until
from flexorchd.web.charts import HEIGHT, most_frequent, round_up, stacked

names = st.sampled_from(["a", "b", "c", "d", "e", "f", "g", "h"])
series = st.lists(st.tuples(st.integers(-2, 12), names, st.integers(0, 10_000)), max_size=40)


@given(series)
def test_bars_are_as_high_as_their_numbers(counted: list[tuple[int, str, int]]) -> None:
    chart = stacked(counted, 10, str, ["a", "b", "c"])
    assert len(chart.bars) == 10
    for number, bar in enumerate(chart.bars):
        of_step = [n for step, name, n in counted if step == number and name in "abc"]
        assert bar.total == sum(of_step) <= chart.top
        drawn = sum(part.height for part in bar.parts)
        assert abs(drawn - HEIGHT * bar.total / chart.top) < 0.1
        assert all(-0.1 <= part.y <= HEIGHT for part in bar.parts)
    assert chart.total == sum(bar.total for bar in chart.bars)


@given(series)
def test_folding_the_rare_ones_loses_nothing(counted: list[tuple[int, str, int]]) -> None:
    folded, kept = most_frequent(counted, 4)
    assert len(kept) <= 4
    assert sum(n for _, _, n in folded) == sum(n for _, _, n in counted)
    assert {name for _, name, _ in folded} <= set(kept)


@given(st.integers(0, 10**12))
def test_the_top_of_the_scale_is_round_and_not_far_above(value: int) -> None:
    top = round_up(value)
    assert top >= value
    assert top <= max(2, 2 * value)
    assert len(str(top).rstrip("0")) == 1


@given(st.floats(0, 1e9))
def test_a_duration_is_short_and_never_empty(seconds: float) -> None:
    text = duration(seconds)
    assert 2 <= len(text) <= 14
    assert text[0].isdigit()


def test_times_and_numbers_as_people_say_them() -> None:
    assert duration(0).split() == ["0", "s"]
    assert duration(61).split() == ["1", "min"]
    assert duration(3 * 3600 + 120).split() == ["3", "h", "2", "min"]
    assert duration(11 * 3600 + 120).split() == ["11", "h"]
    assert duration(None) == "–"
    assert ago(None, 5.0) == "never"
    assert ago(99.5, 100.0) == "just now"
    assert ago(40.0, 100.0).split() == ["1", "min", "ago"]
    assert until(160.0, 100.0).split() == ["in", "1", "min"]
    assert until(90.0, 100.0) == "now"
    assert "".join(figure(1234567).split()) == "1234567"
    assert size(999) == "999 bytes"
    assert size(2_500_000) == "2.5 MB"
    assert many(1, "file") == "1 file"
    assert many(2, "file") == "2 files"
