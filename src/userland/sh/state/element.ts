/** Bytes that an element of an array takes beside its text, about. */
export const ELEMENT = 64;
