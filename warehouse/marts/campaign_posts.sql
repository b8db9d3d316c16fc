-- One row per post of a campaign: near-copies of one text by several authors in a short time.
-- campaign_id: The campaign; see campaigns.
-- platform: The platform.
-- id_time: The moment that the post's id states, UTC.
-- post_id: The post.
-- author: Pseudonym of the author.
-- created_at: When it was written, UTC.
-- fingerprint: Of its text; near-copies differ in at most 3 of 64 bits from another one of the campaign.
--
-- At least 3 authors, and no 24 hours without a post. Texts of fewer than 40 characters beside links, mentions
-- and hashtags play no part: people wish each other a good morning without a plan. Reposts play none either, marked or
-- written as "RT @": to pass a post on is not to write it again.
--
-- Two fingerprints that differ in at most 3 bits agree in at least one of 4 bands of 16 bits: so only posts that share
-- a band are compared.
with original as (
    select
        post.platform, post.id_time, post.post_id, post.author, post.created_at, tagging.fingerprint
    from taggings as tagging
    join posts as post using (platform, id_time, post_id)
    where tagging.is_current and tagging.fingerprint <> 0 and post.repost_of is null
        and post.author is not null and post.created_at is not null and not starts_with(upper(post."text"), 'RT @')
        and length(regexp_replace(post."text", 'https?://\S+|[@#]\w+|\s+', '', 'g')) >= 40
),
print as (
    select distinct fingerprint from original
),
band as (
    select fingerprint, part, (fingerprint >> (16 * part)) & 65535 as bits
    from print cross join (select unnest([0, 1, 2, 3]) as part)
),
near as (
    select distinct one.fingerprint as one, other.fingerprint as other
    from band as one
    join band as other
        on one.part = other.part and one.bits = other.bits and one.fingerprint < other.fingerprint
    where bit_count(xor(one.fingerprint, other.fingerprint)) <= 3
),
clustered as (
    with recursive spread (fingerprint, cluster) using key (fingerprint) as (
        select fingerprint, fingerprint
        from (select one as fingerprint from near union select other from near)
        union
        select edge.fingerprint, min(spread.cluster)
        from (select one as fingerprint, other as neighbour from near union all select other, one from near) as edge
        join spread on spread.fingerprint = edge.neighbour
        join recurring.spread as present on present.fingerprint = edge.fingerprint
        where spread.cluster < present.cluster
        group by edge.fingerprint
    )
    select fingerprint, cluster from spread
),
grouped as (
    select original.*, coalesce(clustered.cluster, original.fingerprint) as cluster
    from original left join clustered using (fingerprint)
),
paced as (
    select
        *,
        coalesce(created_at - lag(created_at) over writing > interval 24 hours, true)::integer as begins
    from grouped
    window writing as (partition by cluster order by created_at, platform, post_id)
),
burst as (
    select *, sum(begins) over (partition by cluster order by created_at, platform, post_id) as burst from paced
),
campaign as (
    select
        cluster, burst,
        left(md5(arg_min(platform || ':' || post_id, (created_at, platform, post_id))), 12) as campaign_id
    from burst
    group by cluster, burst
    having count(distinct author) >= 3
)
select
    campaign.campaign_id, burst.platform, burst.id_time, burst.post_id, burst.author, burst.created_at,
    burst.fingerprint
from burst join campaign using (cluster, burst)
