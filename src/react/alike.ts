/** Whether two flat objects, or two lists, hold the same values. */
export function isAlike<Flat extends object>(a: Flat, b: Flat): boolean {
  const names = Object.keys(a) as (keyof Flat)[];
  return names.length === Object.keys(b).length && names.every((name) => Object.is(a[name], b[name]));
}
