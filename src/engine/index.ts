export { type EngineParts, makeDockerd } from './dockerd.ts';
export { dockerInit } from './init/docker-init.ts';
