/** What is set, by the keys of daemon.json. */
export type Values = ReadonlyMap<string, unknown>;

/** Settings that dockerd does not start with; the message is in its words. */
export class SettingsError extends Error {}
