import ipaddr from 'ipaddr.js';

/** Types of records that are asked for, with their numbers (RFC 1035, RFC 3596). */
const types = { A: 1, PTR: 12, MX: 15, TXT: 16, AAAA: 28 } as const;

/** What is asked for about a name. */
export type RecordType = keyof typeof types;

/** The type that a number stands for; the number itself where that type is none of those above. */
export const typeNumbered = (number: number): RecordType | number =>
  (Object.keys(types) as RecordType[]).find((it) => types[it] === number) ?? number;

/** What a name server says of a question as a whole (RFC 1035, section 4.1.1). */
const codes = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'] as const;

/** A word that a name server answers with. */
export type ResponseCode = (typeof codes)[number];

/** The number that stands for a word in a message. */
export const numberOf = (code: ResponseCode): number => codes.indexOf(code);

/** One record of an answer. */
export interface DnsRecord {
  /** whom it is about, without the dot at its end */
  name: string;
  type: RecordType | number;
  /** seconds for which it may be kept */
  ttl: number;
  /** an address for A and AAAA, a name for PTR, hexadecimal digits otherwise */
  data: string;
}

/** What a name server answered; `none` where nothing came back. */
export interface DnsAnswer {
  code: ResponseCode | 'none' | number;
  records: DnsRecord[];
  /** there where more belongs to it than the transport had room for (the bit TC) */
  truncated?: true;
}

/** What a question says of EDNS (RFC 6891). */
export interface Edns {
  /** bytes of the largest answer over UDP that is welcome */
  size: number;
}

/** The id of every question: one connection carries one of them. */
const id = 0x1234;
const recursionDesired = 0x0100;
const truncation = 0x0200;
const headerLength = 12;
/** the type of the record that carries EDNS */
const pseudoRecord = 41;
const internet = 1;

/** A question, in hexadecimal digits (RFC 1035, section 4.1). */
export function question(name: string, type: RecordType, edns?: Edns): string {
  const labels = name.split('.').flatMap((label) => [Buffer.from([label.length]), Buffer.from(label, 'latin1')]);
  const options = edns ? [Buffer.from([0]), words(pseudoRecord, edns.size, 0, 0, 0)] : [];
  return Buffer.concat([
    words(id, recursionDesired, 1, 0, 0, options.length === 0 ? 0 : 1),
    ...labels,
    Buffer.from([0]),
    words(types[type], internet),
    ...options,
  ]).toString('hex');
}

/** A message as it goes over TCP: its length before it (RFC 1035, section 4.2.2). */
export function framed(message: string): string {
  return `${words(message.length / 2).toString('hex')}${message}`;
}

/**
 * What came back to a {@link question}, in hexadecimal digits; the empty string where nothing did.
 * @throws RangeError where a message ends before its last record
 */
export function readAnswer(hexadecimal: string): DnsAnswer {
  const message = Buffer.from(hexadecimal, 'hex');
  if (message.length === 0) return { code: 'none', records: [] };
  const number = message.readUInt16BE(2) & 0xf;
  let at = headerLength;
  for (let count = message.readUInt16BE(4); count > 0; count -= 1) at = nameAt(message, at).end + 4;
  const records = Array.from({ length: message.readUInt16BE(6) }, () => {
    const read = recordAt(message, at);
    at = read.end;
    return read.record;
  });
  return { code: codes[number] ?? number, records, ...((message.readUInt16BE(2) & truncation) !== 0 && { truncated: true as const }) };
}

function recordAt(message: Buffer, at: number): { record: DnsRecord; end: number } {
  const { name, end } = nameAt(message, at);
  const type = typeNumbered(message.readUInt16BE(end));
  const start = end + 10;
  const length = message.readUInt16BE(end + 8);
  if (start + length > message.length) throw new RangeError('a record is longer than its message');
  const bytes = message.subarray(start, start + length);
  const data =
    type === 'A' || type === 'AAAA'
      ? ipaddr.fromByteArray([...bytes]).toString()
      : type === 'PTR'
        ? nameAt(message, start).name
        : bytes.toString('hex');
  return { record: { name, type, ttl: message.readUInt32BE(end + 4), data }, end: start + length };
}

/** A name, which may end in a pointer to another place of the message (RFC 1035, section 4.1.4). */
function nameAt(message: Buffer, at: number): { name: string; end: number } {
  const length = message.readUInt8(at);
  if (length === 0) return { name: '', end: at + 1 };
  if (length >= 0xc0) {
    const target = message.readUInt16BE(at) & 0x3fff;
    if (target >= at) throw new RangeError('a name points forward in its message');
    return { name: nameAt(message, target).name, end: at + 2 };
  }
  const label = message.toString('latin1', at + 1, at + 1 + length);
  const rest = nameAt(message, at + 1 + length);
  return { name: rest.name === '' ? label : `${label}.${rest.name}`, end: rest.end };
}

function words(...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 2);
  numbers.forEach((number, index) => bytes.writeUInt16BE(number, index * 2));
  return bytes;
}
