/** What this engine says that it is. */
export const GIT_COMMIT = '89c5e8f';
export const GO_VERSION = 'go1.24.9';
/** RFC 3339 with nanoseconds, as the engine writes it. */
export const BUILD_TIME = '2025-11-05T14:43:25.000000000+00:00';
export const CONTAINERD = { version: 'v1.7.28', commit: 'b98a3aace656320842a23f4a392a33f46af97866' };
export const RUNC = { version: '1.3.0', commit: 'v1.3.0-0-g4ca628d1' };
export const DOCKER_INIT = { version: '0.19.0', commit: 'de40ad0' };
