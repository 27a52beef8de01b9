// Its code stands outside of this folder: a login runs it, so it is loaded with the shell.
export { default } from '../accounts/id.ts';
