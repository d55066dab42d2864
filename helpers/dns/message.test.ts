import { describe, expect, it } from '@jest/globals';
import { framed, numberOf, question, readAnswer } from './message';

// what Docker Engine 28.5.2 and Podman 5.8.6 sent
const recordings = {
  'an address': '12348180000100010000000005616c706861000001000105616c7068610000010001000002580004ac120002',
  'an address, the name as a pointer': '12348180000100010000000005616c7068610000010001c00c000100010000000000040a590002',
  'a name':
    '123481800001000100000000013201300231390331373207696e2d61646472046172706100000c0001013201300231390331373207696e2d61646472046172706100000c0001000002580007027570026e3200',
  'no record': '12348180000100000000000002757000001c0001',
  'no such name': '123481830001000000000000026e78076578616d706c650000010001',
};

describe('a question', () => {
  it('must be what a name server expects: a header, the labels, type and class', () => {
    expect(question('alpha', 'A')).toBe('123401000001000000000000' + '05616c70686100' + '00010001');
    expect(question('up.n2', 'AAAA')).toBe('123401000001000000000000' + '027570026e3200' + '001c0001');
  });

  it('must say of EDNS how large an answer may be, in a record of its own', () => {
    expect(question('alpha', 'A', { size: 1232 })).toBe(
      '123401000001000000000001' + '05616c70686100' + '00010001' + '00' + '0029' + '04d0' + '00000000' + '0000',
    );
  });

  it('must have its length before it over TCP', () => {
    expect(framed(question('alpha', 'A'))).toBe('0017' + question('alpha', 'A'));
  });
});

describe('an answer', () => {
  it('must be read with all of its records', () => {
    expect(readAnswer(recordings['an address'])).toEqual({
      code: 'NOERROR',
      records: [{ name: 'alpha', type: 'A', ttl: 600, data: '172.18.0.2' }],
    });
    expect(readAnswer(recordings['an address, the name as a pointer'])).toEqual({
      code: 'NOERROR',
      records: [{ name: 'alpha', type: 'A', ttl: 0, data: '10.89.0.2' }],
    });
    expect(readAnswer(recordings['a name'])).toEqual({
      code: 'NOERROR',
      records: [{ name: '2.0.19.172.in-addr.arpa', type: 'PTR', ttl: 600, data: 'up.n2' }],
    });
  });

  it('must tell a name without records from a name that is not there, and both from silence', () => {
    expect(readAnswer(recordings['no record'])).toEqual({ code: 'NOERROR', records: [] });
    expect(readAnswer(recordings['no such name'])).toEqual({ code: 'NXDOMAIN', records: [] });
    expect(readAnswer('')).toEqual({ code: 'none', records: [] });
  });

  it('must tell that it was truncated', () => {
    const truncated = recordings['no record'].replace(/^12348180/, '12348380');
    expect(readAnswer(truncated)).toEqual({ code: 'NOERROR', records: [], truncated: true });
  });

  it('must be refused where it breaks off, or leads in circles', () => {
    expect(() => readAnswer(recordings['an address'].slice(0, -2))).toThrow(RangeError);
    expect(() => readAnswer('12348180000100000000000' + '0c00c00010001')).toThrow('points forward');
  });
});

it('must number the words as RFC 1035 does', () => {
  expect([numberOf('NOERROR'), numberOf('SERVFAIL'), numberOf('NXDOMAIN'), numberOf('REFUSED')]).toEqual([0, 2, 3, 5]);
});
