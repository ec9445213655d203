import { describe, expect, it } from '@jest/globals';
import { compareVersions } from './nats-version.ts';

describe('versions', () => {
  it('are compared by number, not by letter', () => {
    expect(['2.9.10', '2.15.1', '2.10.27', '2.15.0'].sort(compareVersions)).toEqual(['2.9.10', '2.10.27', '2.15.0', '2.15.1']);
    expect(compareVersions('2.9.0', '2.9.0')).toBe(0);
  });
});
