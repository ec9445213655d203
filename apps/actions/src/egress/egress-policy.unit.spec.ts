import { describe, expect, it } from '@jest/globals';
import { EgressPolicy } from './egress-policy.ts';

describe('without EGRESS_ALLOW', () => {
  const policy = new EgressPolicy(undefined);

  it.each(['93.184.216.34', '8.8.8.8', '2606:2800:220:1:248:1893:25c8:1946'])('%s is public', (address) => {
    expect(policy.allows(address)).toBe(true);
  });

  it.each([
    '127.0.0.1',
    '127.8.8.8',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '240.0.0.1',
    '::1',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:169.254.169.254',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::7f00:1',
    '2002:7f00:1::',
    '2001::1',
    '2001:db8::1',
    'not an address',
    '',
  ])('%s is refused', (address) => {
    expect(policy.allows(address)).toBe(false);
  });
});

describe('EGRESS_ALLOW', () => {
  const policy = new EgressPolicy(' localhost, 10.1.0.0/16,192.168.7.7, fd12::/16 ,*.cluster.internal,::1');

  it.each([
    ['10.1.2.3', undefined],
    ['::ffff:10.1.2.3', undefined],
    ['192.168.7.7', undefined],
    ['fd12::5', undefined],
    ['::1', undefined],
    ['127.0.0.1', 'localhost'],
    ['127.0.0.1', 'LOCALHOST.'],
    ['10.9.9.9', 'db.cluster.internal'],
  ])('lets %s (%s) pass', (address, host) => {
    expect(policy.allows(address, host)).toBe(true);
  });

  it.each([
    ['10.2.0.1', undefined],
    ['192.168.7.8', undefined],
    ['127.0.0.1', undefined],
    ['127.0.0.1', 'notlocalhost'],
    ['127.0.0.1', 'localhost.example.com'],
    ['10.9.9.9', 'cluster.internal.example.com'],
    ['10.9.9.9', 'evilcluster.internal'],
  ])('still refuses %s (%s)', (address, host) => {
    expect(policy.allows(address, host)).toBe(false);
  });

  it.each(['10.0.0.0/33', 'http://host', 'a b', '10.0.0.0/x', '*'])('refuses the entry %s, and names it', (entry) => {
    expect(() => new EgressPolicy(`localhost,${entry}`)).toThrow(`'${entry}'`);
  });
});
