-- Identity kept by PostgreSQL: a link is stored and resolved in one transaction, by a function or by a recursive query.
create table identifier (value text primary key, customer bigint not null);
create index on identifier (customer);
create table link (a text not null, b text not null, primary key (a, b));
create index on link (b);
create sequence customer;

-- Keeps every identifier's customer; a merge moves the smaller customer's identifiers.
create function link_function(x text, y text) returns bigint language plpgsql as $$
declare cx bigint; cy bigint; winner bigint; loser bigint;
begin
  insert into link values (least(x, y), greatest(x, y)) on conflict do nothing;
  perform 1 from identifier where value in (x, y) order by value for update;
  select customer into cx from identifier where value = x;
  select customer into cy from identifier where value = y;
  winner := coalesce(cx, cy, nextval('customer'));
  if cx is null then insert into identifier values (x, winner); end if;
  if cy is null and y <> x then insert into identifier values (y, winner); end if;
  if cx is null or cy is null or cx = cy then return winner; end if;
  winner := cx; loser := cy;
  if (select count(*) from (select 1 from identifier where customer = cy limit 1000) s)
     > (select count(*) from (select 1 from identifier where customer = cx limit 1000) s) then
    winner := cy; loser := cx;
  end if;
  update identifier set customer = winner where customer = loser;
  return winner;
end $$;

-- Keeps links alone; the customer is the least identifier that can be reached.
create function link_recursive(x text, y text) returns text language plpgsql as $$
begin
  insert into link values (least(x, y), greatest(x, y)) on conflict do nothing;
  return resolve_recursive(x);
end $$;

create function resolve_recursive(x text) returns text language sql as $$
  with recursive reached(id) as (
    select x
    union
    select n.id from reached r cross join lateral (
      select b from link where a = r.id union all select a from link where b = r.id
    ) n(id)
  )
  select min(id collate "C") from reached
$$;
