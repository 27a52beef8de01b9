import { InvalidReference, parseReference, type Reference } from '../../lib/reference.ts';
import { CliError } from './errors.ts';

/** An image's name as it was typed. @throws CliError */
export function checkReference(text: string): Reference {
  try {
    return parseReference(text);
  } catch (error) {
    if (error instanceof InvalidReference) throw new CliError(error.message);
    throw error;
  }
}
