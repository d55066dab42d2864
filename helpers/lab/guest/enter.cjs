/*
 * Runs a command on the host of an engine that has a kernel of its own, with this process's input and outputs, and ends
 * with the command's status: what nsenter is for other labs. agent.pl is at the other end and says what is spoken.
 *
 *   node enter.cjs SOCKET x|d|w WORD...
 */
'use strict';
/* eslint-disable no-restricted-syntax -- it hands on what the command in the guest writes, as it is */
const { Buffer } = require('node:buffer');
const net = require('node:net');
const { setTimeout } = require('node:timers');

const [socketPath, kind, ...words] = process.argv.slice(2);
let connection = net.connect(socketPath);
let unread = Buffer.alloc(0);
let status;

/** @param {number} number */
function fourBytes(number) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}

/** @param {string} letter @param {Buffer} bytes */
function send(letter, bytes) {
  if (connection.writable) connection.write(Buffer.concat([Buffer.from(letter), fourBytes(bytes.length), bytes]));
}

/** @param {string} letter @param {Buffer} bytes */
function receive(letter, bytes) {
  if (letter === 'o') process.stdout.write(bytes);
  if (letter === 'e') process.stderr.write(bytes);
  if (letter !== 'x') return;
  status = Number(bytes.toString());
  connection.destroy();
}

const said = words.map((word) => Buffer.from(word));
const order = Buffer.concat([Buffer.from(kind), fourBytes(said.length), ...said.flatMap((word) => [fourBytes(word.length), word])]);

function begin() {
  connection.on('connect', () => {
    connection.write(order);
    process.stdin.on('data', (data) => send('i', data));
    process.stdin.on('end', () => send('c', Buffer.alloc(0)));
  });
  connection.on('data', (data) => {
    unread = Buffer.concat([unread, data]);
    while (unread.length >= 5) {
      const end = 5 + unread.readUInt32BE(1);
      if (unread.length < end) break;
      receive(unread.toString('latin1', 0, 1), unread.subarray(5, end));
      unread = unread.subarray(end);
    }
  });
  connection.on('error', ({ code }) => {
    // the emulator lets one connection wait, and refuses the next
    if (code === 'EAGAIN') setTimeout(again, 5);
    else end();
  });
  connection.on('close', (failed) => failed || end());
}

function again() {
  connection = net.connect(socketPath);
  begin();
}

function end() {
  if (status === undefined) process.stderr.write('the machine of the lab does not answer\n');
  process.exitCode = status ?? 125;
  process.stdin.destroy();
}

process.stdin.on('error', () => undefined);
begin();
