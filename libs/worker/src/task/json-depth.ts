/** Whether arrays and objects nest deeper than allowed. Does not itself recurse deeper than that. */
export function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  return Object.values(value).some((each) => isDeeperThan(each, depth - 1));
}
