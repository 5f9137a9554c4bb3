import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { signatureOf } from '../../../src/health/logs/signature.ts';

const WORDS = [
  'connection',
  'refused',
  'upstream',
  'timeout',
  'while',
  'reading',
  'worker',
  'cache',
  'store',
  'lost',
  'bind',
  'socket',
  'module',
  'record',
  'table',
];

const words = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 8 });

/** Something that varies from one line to the next, twice: as two lines of one kind would have it. */
function varying(one: fc.Arbitrary<string>): fc.Arbitrary<[string, string]> {
  return fc.tuple(one, one);
}

const hex = (min: number, max: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: min, maxLength: max })
    .map((digits) => digits.join(''))
    .filter((text) => /\d/.test(text));

const octet = fc.integer({ min: 0, max: 255 });

const VARYING: Record<string, fc.Arbitrary<[string, string]>> = {
  number: varying(fc.nat().map(String)),
  decimal: varying(fc.double({ min: 0, max: 1e6, noNaN: true }).map((number) => number.toFixed(3))),
  'process number': varying(fc.integer({ min: 1, max: 4_194_304 }).map((pid) => `[${pid}]`)),
  'hexadecimal number': varying(hex(1, 16).map((digits) => `0x${digits}`)),
  'hexadecimal identity': varying(hex(12, 64)),
  UUID: varying(fc.uuid()),
  'IPv4 address': varying(fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'))),
  'IPv4 address with a port': varying(
    fc
      .tuple(octet, fc.integer({ min: 1, max: 65_535 }))
      .map(([last, port]) => `10.0.0.${last}:${port}`),
  ),
  'IPv6 address': varying(fc.ipV6().filter((address) => !address.includes('.'))),
  'quoted text': varying(fc.constantFrom('"alpha"', '"beta gamma"', '"/srv/a b"', '"x9"')),
  'ISO time': varying(
    fc
      .date({ min: new Date('2000-01-01'), max: new Date('2099-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString()),
  ),
  'time of nginx': varying(
    fc.integer({ min: 10, max: 59 }).map((second) => `2026/11/24 18:36:${second}`),
  ),
  'time of syslog': varying(
    fc.integer({ min: 1, max: 28 }).map((day) => `Nov ${String(day).padStart(2, ' ')} 18:36:01`),
  ),
  'path with a number': varying(fc.nat().map((pid) => `/proc/${pid}/fd/${pid % 7}`)),
};

describe('the signature of a line', () => {
  it('takes no part of an IPv6 address for a MAC address', () => {
    expect(signatureOf('app', 'to ::0:00:00:00:00:00:00')).toBe(signatureOf('app', 'to ::0'));
    expect(signatureOf('app', 'to ::00:00:00:00:00:00:00')).toBe(signatureOf('app', 'to ::0'));
  });

  it('is the same for the addresses that the firewall writes in a row', () => {
    const dropped = (own: string): string =>
      `DROP IN=eth0 MAC=${own}:00:16:3e:a2:b1:0c:08:00 SRC=x`;
    expect(signatureOf('kernel', dropped('52:54:00:ab:cd:ef'))).toBe(
      signatureOf('kernel', dropped('52:54:00:12:34:56')),
    );
  });

  it.each(Object.keys(VARYING))('is the same for the same message with another %s', (name) => {
    fc.assert(
      fc.property(
        words,
        words,
        VARYING[name] as fc.Arbitrary<[string, string]>,
        (before, after, [one, other]) => {
          const line = (value: string): string => [...before, value, ...after].join(' ');
          expect(signatureOf('app', line(one))).toBe(signatureOf('app', line(other)));
        },
      ),
    );
  });

  it('is another one for another message', () => {
    fc.assert(
      fc.property(words, words, (one, other) => {
        fc.pre(one.join(' ') !== other.join(' '));
        expect(signatureOf('app', `${one.join(' ')} 12`)).not.toBe(
          signatureOf('app', `${other.join(' ')} 12`),
        );
      }),
    );
  });

  it('is another one for another program, but not for another instance of the same', () => {
    expect(signatureOf('nginx', 'it broke')).not.toBe(signatureOf('apache2', 'it broke'));
    expect(signatureOf('worker-12', 'it broke')).toBe(signatureOf('worker-7', 'it broke'));
  });

  it.each([
    [
      'connect() failed (111: Connection refused) while connecting to upstream, client: 10.1.2.3, request: "GET /a HTTP/1.1"',
      'app: connect() failed (<n>: Connection refused) while connecting to upstream, client: <address>, request: <text>',
    ],
    ["couldn't open the file, which isn't there", "app: couldn't open the file, which isn't there"],
    [
      'nginx[812]: segfault at 7ffd0c ip 00007f3a2b sp 00007ffd0c error 4 in libssl.so.3[7f3a2b000000+5b000]',
      'app: nginx[<n>]: segfault at <n> ip <n> sp <n> error <n> in libssl.so.<n>[<n>+<n>]',
    ],
    ['first line#012second line#011third', 'app: first line second line third'],
    ['\u001b[31merror\u001b[0m in the job', 'app: error in the job'],
    ['expected -1 but got 3', 'app: expected <n> but got <n>'],
    ['Mon, 24 Nov 2026 18:36:01 GMT the lease ended', 'app: <time> the lease ended'],
    [
      'neighbour 52:54:00:12:34:56 at fe80::1%eth0 is gone',
      'app: neighbour <address> at <address> is gone',
    ],
    ['load x86_64 module', 'app: load x<n>_<n> module'],
  ])('of %j takes out what varies and nothing else', (message, signature) => {
    expect(signatureOf('app', message)).toBe(signature);
  });

  it('carries no secret', () => {
    expect(signatureOf('app', 'login failed, password=hunter2secret')).not.toContain('hunter2');
  });

  it('has 300 characters at most, and no line makes it search for ever', () => {
    const nasty = [
      '"'.repeat(100_000),
      ':'.repeat(100_000),
      'a1'.repeat(50_000),
      '1.'.repeat(50_000),
      ' '.repeat(100_000),
      'f'.repeat(100_000),
      "'x ".repeat(30_000),
      '0x'.repeat(50_000),
    ];
    for (const line of nasty) expect(signatureOf('app', line).length).toBeLessThanOrEqual(300);
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        (program, line) => signatureOf(program, line).length <= 300,
      ),
    );
  });
});
