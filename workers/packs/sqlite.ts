import { servePack } from '../../src/packs/serve.ts';
import { makeSqlite } from '../../src/packs/sqlite/pack.ts';
import { initSqlJs } from '../../src/packs/sqlite/sql-js.ts';

servePack(makeSqlite(initSqlJs));
