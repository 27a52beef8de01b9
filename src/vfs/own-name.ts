/** A name that does not keep the whole path alive of which it is a part: engines slice longer strings without copying. */
export function ownName(name: string): string {
  return name.length < 13 ? name : Object.keys({ [name]: 0 })[0]!;
}
