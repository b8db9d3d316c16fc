-- What is new, for people and for drafts of claims.

-- name: bursts
select
    kind, phrase, posts, authors, author_days, past_author_days, score, first_post_at, last_post_at,
    list_transform(examples, lambda example: example."text") as examples
from bursts
where $kind is null or kind = $kind
order by score desc, kind, phrase
limit $most

-- name: examples
select min_by("text", (created_at, platform, post_id)) as example
from posts
where contains(lower("text"), lower($phrase)) and repost_of is null and not starts_with(upper("text"), 'RT @')
group by lower(regexp_replace("text", 'https?://\S+|\s+', ' ', 'g'))
order by count(*) desc, max(created_at) desc nulls last, example
limit $most
