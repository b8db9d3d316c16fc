-- What spreads: texts that several accounts copy, and phrases that are new.

-- name: campaigns
select
    posts, authors, reposts, first_post_at, last_post_at, hashtags, claims, "text",
    count(*) over () as found
from campaigns
where last_post_at >= $since::timestamptz and first_post_at < $until::timestamptz
    and ($spellings::varchar[] is null or list_has_any(hashtags, $spellings))
    and ($claim_id::varchar is null or list_contains(claims, $claim_id))
order by len(claims) > 0 desc, authors desc, posts desc, last_post_at desc, campaign_id
limit $most

-- name: bursts
select kind, phrase, posts, unlisted_posts, authors, past_author_days, examples
from bursts
where list_contains($kinds::varchar[], kind)
order by unlisted_posts desc, score desc, posts desc, kind, phrase
limit $most
