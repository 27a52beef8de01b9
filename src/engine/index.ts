export { type EngineParts, makeDockerd } from './dockerd.ts';
