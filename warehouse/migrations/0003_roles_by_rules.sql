-- A role is what the rules read in a bio: which model read the post beside it does not order roles.

alter table kept.authors drop column role.model;
