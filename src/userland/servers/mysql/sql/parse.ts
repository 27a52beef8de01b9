import type { Expr } from './ast.ts';
import { StatementParser } from './statements.ts';
import type { Dialect } from './tokens.ts';

/** An expression alone. @throws MysqlError */
export const parseExpression = (sql: string, dialect: Dialect): Expr => new StatementParser(sql, dialect).expression();
