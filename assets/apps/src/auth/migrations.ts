/** The schema, step by step: only ever add to the end. */
export const migrations: readonly string[] = [
  `create table users (
     id bigint generated always as identity primary key,
     name text not null unique,
     password text not null,
     picture text,
     created_at timestamptz not null default now()
   );
   create table sessions (
     token_digest bytea primary key,
     user_id bigint not null references users (id) on delete cascade,
     created_at timestamptz not null default now(),
     expires_at timestamptz not null
   );
   create index sessions_expires_at on sessions (expires_at);
   create index sessions_user_id on sessions (user_id);`,
];
