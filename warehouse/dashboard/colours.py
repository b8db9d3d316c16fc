"""Colours and names of stances and roles, the same on every page. White text on each has a contrast of 4.5 or more."""

STANCE_COLOURS = {"promotes": "#b93a2b", "debunks": "#1a7394", "questions": "#8f5f00", "reports": "#64707d"}
STANCE_NAMES = {"promotes": "Promotes", "debunks": "Debunks", "questions": "Asks", "reports": "Reports"}
INK = "#2f6690"
"""Of a count that has no stance."""
PALE = "#a9bccb"
"""Of a count that stands behind another."""
GREY = "#6f7c88"
"""Of figures in charts: readable on white and on black."""

ROLE_NAMES = {
    "clinician": "Clinicians",
    "researcher": "Researchers",
    "student": "Students",
    "health-organisation": "Health organisations",
    "government-or-public-health": "Government, public health",
    "advocate": "Advocates",
    "journalist-or-media": "Journalists, media",
    "industry": "Industry",
    "spam-or-bot": "Spam, bots",
    "other": "Other or not stated",
}
ANSWERING = {
    "clinician": "clinician",
    "researcher": "researcher",
    "health-organisation": "health organisation",
    "government-or-public-health": "public health",
}
"""Roles whose reply counts as an answer, as one post shows them; no other role is shown beside a post."""
