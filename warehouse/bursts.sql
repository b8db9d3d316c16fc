-- What is new, for people.

-- name: bursts
select
    kind, phrase, posts, unlisted_posts, authors, author_days, past_author_days, score, first_post_at, last_post_at,
    list_transform(examples, lambda example: example."text") as examples
from bursts
where $kind is null or kind = $kind
order by unlisted_posts desc, score desc, kind, phrase
limit $most
