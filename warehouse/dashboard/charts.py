"""Charts, from records. What a chart shows can be read without it: labels carry the numbers."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas  # type: ignore[import-untyped]  # noqa: F401 - whole, before another visitor's altair looks at half

from warehouse.dashboard.colours import GREY, INK, PALE, ROLE_NAMES, STANCE_COLOURS, STANCE_NAMES
from warehouse.dashboard.moments import Span, label, steps
from warehouse.dashboard.records import HashtagVolume, Hour, MeetingDay, Role, StanceVolume, Topic, Volume

_FEW = 16
"""Up to so many steps, every bar and cell carries its number."""
_BLUES = ["#dbe7ef", "#12436b"]
_KINDS = {"original": "Written", "replies": "Replies", "reposts": "Reposts"}


def volume(rows: Sequence[Volume], span: Span, zone: str) -> alt.LayerChart:
    """Give posts by day, week or month."""
    unit = span.unit()
    counted = {row.day: row for row in rows}
    days = [(day, label(day, unit)) for day in steps(span, unit, zone)]
    values = [
        {"step": name, "posts": _posts(counted.get(day)), "authors": _authors(counted.get(day))} for day, name in days
    ]
    base = _chart(values).encode(
        x=_steps([name for _, name in days]),
        y=_counted(),
        tooltip=[_tip("step", unit), _tip("posts"), _tip("authors")],
    )
    bars = base.mark_bar(color=INK, cornerRadiusEnd=2)
    figures = base.mark_text(dy=-7, fontSize=11, color=GREY).encode(text=alt.Text("posts:Q", format=",d"))
    return _layers(230, *([bars, figures] if len(days) <= _FEW else [bars]))


def hashtags(rows: Sequence[HashtagVolume], span: Span, zone: str) -> alt.LayerChart:
    """Give a table of posts by hashtag and day, the darker the more."""
    unit = span.unit()
    values = [{"hashtag": f"#{row.hashtag}", "step": label(row.day, unit), "posts": row.posts} for row in rows]
    order = list(dict.fromkeys(f"#{row.hashtag}" for row in rows))
    days = [label(day, unit) for day in steps(span, unit, zone)]
    most = max(row.posts for row in rows)
    base = _chart(values).encode(
        x=_steps(days),
        y=alt.Y("hashtag:N", sort=order, title=None, axis=_names(140)),
        tooltip=[_tip("hashtag"), _tip("step", unit), _tip("posts")],
    )
    shade = alt.Scale(range=_BLUES, type="sqrt", domain=[0, most])
    cells = base.mark_rect(cornerRadius=2).encode(color=alt.Color("posts:Q", legend=None, scale=shade))
    dark = alt.condition(f"datum.posts > {most * 0.22}", alt.value("white"), alt.value("#1b2a38"))
    figures = base.mark_text(fontSize=11).encode(text=alt.Text("posts:Q", format=",d"), color=dark)
    return _layers(26 * len(order) + 70, *([cells, figures] if len(days) <= _FEW else [cells]))


def topics(rows: Sequence[Topic]) -> alt.LayerChart:
    """Give the topics that most posts name."""
    values = [{"topic": row.label, "posts": row.posts, "kind": row.kind, "id": row.topic_id} for row in rows]
    return _ranked(values, "topic", "posts", _tip("topic"), _tip("kind"), _tip("id", "ontology id"), _tip("posts"))


def roles(rows: Sequence[Role]) -> alt.LayerChart:
    """Give authors by role."""
    values = [{"role": ROLE_NAMES[row.role], "authors": row.authors, "posts": row.posts} for row in rows]
    return _ranked(values, "role", "authors", _tip("role"), _tip("authors"), _tip("posts"))


def stances(rows: Sequence[StanceVolume], span: Span, zone: str) -> alt.LayerChart:
    """Give posts on a claim by day and stance."""
    unit = span.unit()
    values = [{"step": label(row.day, unit), "stance": STANCE_NAMES[row.stance], "posts": row.posts} for row in rows]
    scale = alt.Scale(domain=list(STANCE_NAMES.values()), range=list(STANCE_COLOURS.values()))
    bars = _chart(values).mark_bar()
    return _layers(
        230,
        bars.encode(
            x=_steps([label(day, unit) for day in steps(span, unit, zone)]),
            y=_counted(),
            color=alt.Color("stance:N", scale=scale, title=None, legend=alt.Legend(orient="top")),
            tooltip=[_tip("step", unit), _tip("stance"), _tip("posts")],
        ),
    )


def meeting_days(rows: Sequence[MeetingDay], own: Sequence[str], span: Span, zone: str) -> alt.LayerChart:
    """Give a meeting's posts by day and kind of post; `own` are the labels of its own days, which stand in bold."""
    values = [
        {"step": label(row.day, "day"), "kind": name, "posts": getattr(row, kind), "authors": row.authors}
        for row in rows
        for kind, name in _KINDS.items()
    ]
    scale = alt.Scale(domain=list(_KINDS.values()), range=[INK, "#7fa3bf", PALE])
    bars = _chart(values).mark_bar()
    return _layers(
        260,
        bars.encode(
            x=_steps([label(day, "day") for day in steps(span, "day", zone)], own),
            y=_counted(),
            color=alt.Color("kind:N", scale=scale, title=None, legend=alt.Legend(orient="top")),
            order=alt.Order("kind:N", sort="descending"),
            tooltip=[_tip("step", "day"), _tip("kind"), _tip("posts"), _tip("authors", "authors of the day")],
        ),
    )


def hours(rows: Sequence[Hour]) -> alt.LayerChart:
    """Give posts by hour of the day."""
    counted = {row.hour: row.posts for row in rows}
    values = [{"hour": f"{hour:02}", "posts": counted.get(hour, 0)} for hour in range(24)]
    bars = _chart(values).mark_bar(color=INK, cornerRadiusEnd=2)
    axis = alt.Axis(labelAngle=0, labelOverlap=True)
    return _layers(
        260,
        bars.encode(
            x=alt.X("hour:O", title=None, axis=axis), y=_counted(), tooltip=[_tip("hour", "from"), _tip("posts")]
        ),
    )


def _chart(values: list[dict[str, Any]]) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=values))


def _layers(height: int, *layers: alt.Chart) -> alt.LayerChart:
    return alt.LayerChart(layer=list(layers), height=height)


def _posts(row: Volume | None) -> int:
    return row.posts if row else 0


def _authors(row: Volume | None) -> int:
    return row.authors if row else 0


def _tip(field: str, title: str | None = None) -> alt.Tooltip:
    if field in ("posts", "authors"):
        return alt.Tooltip(f"{field}:Q", title=title or field, format=",d")
    return alt.Tooltip(f"{field}:N", title=title or field)


def _counted() -> alt.Y:
    return alt.Y("posts:Q", title=None, axis=alt.Axis(tickCount=4, format=",d"))


def _steps(names: Sequence[str], bold: Sequence[str] = ()) -> alt.X:
    """Give the axis of days, weeks or months, with every one of them on it."""
    weight = {"condition": {"test": f"indexof({list(bold)!r}, datum.label) >= 0", "value": "bold"}, "value": "normal"}
    angle = 0 if len(names) <= 5 else -45
    axis = alt.Axis(labelAngle=angle, labelOverlap=True, ticks=False, labelPadding=6, labelFontWeight=weight)
    return alt.X("step:O", sort=list(names), scale=alt.Scale(domain=list(names)), title=None, axis=axis)


def _names(limit: int) -> alt.Axis:
    return alt.Axis(labelLimit=limit, ticks=False, domain=False, labelPadding=6)


def _ranked(values: list[dict[str, Any]], name: str, count: str, *tips: alt.Tooltip) -> alt.LayerChart:
    base = _chart(values).encode(
        y=alt.Y(f"{name}:N", sort=[value[name] for value in values], title=None, axis=_names(170)),
        x=alt.X(f"{count}:Q", title=None, axis=None),
        tooltip=list(tips),
    )
    bars = base.mark_bar(color=INK, cornerRadiusEnd=2, height={"band": 0.72})
    figures = base.mark_text(align="left", dx=4, fontSize=11, color=GREY).encode(
        text=alt.Text(f"{count}:Q", format=",d")
    )
    return _layers(24 * len(values) + 10, bars, figures)
