import type { Table } from '../catalog.ts';
import { MysqlError } from '../errors.ts';
import type { TableName } from '../sql/ast.ts';
import { isVirtual } from './schema.ts';
import type { Session } from './session.ts';

/** A table that statements may change. @throws MysqlError */
export function changeable(session: Session, name: TableName): Table {
  const table = session.table(name.db, name.name);
  if (table.kind === 'view' && !isVirtual(table)) {
    const base = table.view!.select.parts[0]?.from;
    if (base?.k === 'table' && table.view!.select.parts.length === 1)
      return session.table(base.db ?? table.view!.db, base.name);
  }
  if (isVirtual(table))
    throw new MysqlError('ER_NON_UPDATABLE_TABLE', `The target table ${table.name} is not updatable`);
  return table;
}
