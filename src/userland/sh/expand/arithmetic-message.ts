import type { Personality } from '../parse/personality.ts';
import type { ArithmeticError } from './arithmetic-parse.ts';

/** What each shell says of a wrong expression. `prefix`: what bash puts before it (`((: `). */
export function arithmeticMessage(
  personality: Personality,
  error: ArithmeticError,
  text: string,
  prefix: string,
): string {
  const { message, token, expression } = error;
  if (personality === 'bash')
    return `${prefix}${(expression ?? text).trimStart()}: ${message} (error token is "${token}")`;
  if (personality === 'ash') return ashWords(message);
  if (message.startsWith('Illegal number')) return message;
  return `arithmetic expression: ${message === 'division by 0' ? 'division by zero' : message}: "${text}"`;
}

function ashWords(message: string): string {
  if (message === 'division by 0') return 'divide by zero';
  if (message.startsWith('expression recursion')) return 'expression recursion loop detected';
  if (message.startsWith('exponent')) return 'exponent less than 0';
  if (message.includes("`:'") || message === 'expression expected') return 'malformed ?: operator';
  return 'arithmetic syntax error';
}
