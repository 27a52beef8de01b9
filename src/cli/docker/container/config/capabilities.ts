/** `--cap-add` and `--cap-drop` as they are sent: whole names, sorted, once each. */
export function capabilities(
  added: readonly string[],
  dropped: readonly string[],
): { CapAdd: string[] | null; CapDrop: string[] | null } {
  const add = names(added);
  const drop = names(dropped);
  return { CapAdd: add.length > 0 ? add : null, CapDrop: drop.length > 0 ? drop : null };
}

function names(list: readonly string[]): string[] {
  const whole = list.map((given) => {
    const name = given.trim().toUpperCase();
    return name === 'ALL' || name.startsWith('CAP_') ? name : `CAP_${name}`;
  });
  return [...new Set(whole)].sort();
}
