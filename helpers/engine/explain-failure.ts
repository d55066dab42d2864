import { UserError } from '../base/user-error';
import { UnexpectedAnswer } from './ask-engine';
import type { DirectEndpoint } from './dial';
import { addressOf } from './endpoint';
import { CallFailed, TooSlow, WrongAnswer } from '../world/wrong-answer';

/** What failed and what to do about it. */
type Explanation = readonly [message: string, remedy: string];

const startOrChoose =
  'Start the engine (for instance with "sudo systemctl start docker"), or choose another one with DOCKER_HOST or "docker context use".';
const checkAddress = 'Check the address, and that this machine reaches it: VPN, firewall, name server.';
const somethingElse = 'Check address and port: something else listens there.';
const useTls =
  'Set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the directory with ca.pem, cert.pem and key.pem, or use a context with TLS files.';

/** The error for a socket that exists and that this user may not open. */
export function socketForbidden(socket: string, options?: ErrorOptions): UserError {
  return new UserError(
    `This user may not use the engine's socket ${socket}: permission denied.`,
    'Add the user to the group that owns it ("sudo usermod -aG docker $USER", then log in again), or run the suite as root.',
    undefined,
    options,
  );
}

/** Why an engine that was configured cannot be used. @param timeout milliseconds that it was given */
export function explainFailure(error: unknown, endpoint: DirectEndpoint, timeout: number): UserError {
  const failure = ((error instanceof CallFailed ? error.failure : error instanceof WrongAnswer ? error.cause : undefined) ??
    error) as NodeJS.ErrnoException;
  const options = { cause: error };
  if (endpoint.kind === 'unix' && (failure.code === 'EACCES' || failure.code === 'EPERM')) return socketForbidden(endpoint.path, options);
  const [message, remedy] =
    error instanceof TooSlow
      ? noAnswer(`${addressOf(endpoint)} (${endpoint.found})`, timeout)
      : explain(failure, endpoint, `${addressOf(endpoint)} (${endpoint.found})`);
  return new UserError(message, remedy, undefined, options);
}

/** @param where the address and how it was found */
export function noAnswer(where: string, milliseconds: number): Explanation {
  return [
    `The engine at ${where} did not answer within ${milliseconds / 1000} s.`,
    'Check that "docker version" answers there; an engine that accepts connections and stays silent needs a restart.',
  ];
}

/** @param where the address and how it was found */
export function notAnEngine(answer: UnexpectedAnswer, where: string): Explanation {
  if (answer.status === 400 && answer.body.includes('HTTP request to an HTTPS server'))
    return [`The engine at ${where} expects TLS, and was asked without.`, useTls];
  if (answer.status >= 500) {
    return [
      `The engine at ${where} is there but not ready: HTTP ${answer.status}, ${firstLine(answer.body)}.`,
      'Look into the log of the engine ("journalctl -u docker").',
    ];
  }
  return [`What answers at ${where} is not a Docker API: ${answer.message}.`, somethingElse];
}

function explain(failure: NodeJS.ErrnoException, endpoint: DirectEndpoint, where: string): Explanation {
  if (failure instanceof UnexpectedAnswer) return notAnEngine(failure, where);
  const code = failure.code ?? '';
  switch (code) {
    case 'ECONNREFUSED':
      return [`Nobody listens at ${where}: connection refused.`, startOrChoose];
    case 'ENOENT':
      return [`There is no engine at ${where}: no such socket file.`, startOrChoose];
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return [`The host of ${where} is not known: name not found.`, checkAddress];
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return [`There is no way to ${where}: ${failure.message}.`, checkAddress];
    case 'ETIMEDOUT':
      return [`The host of ${where} does not answer: connection timed out.`, checkAddress];
  }
  if (endpoint.kind === 'tcp' && endpoint.tls) {
    const tls = explainTls(failure, code, where, endpoint.tls.directory, endpoint.tls.cert !== undefined);
    if (tls) return tls;
  } else if (endpoint.kind === 'tcp' && (closedEarly(code) || isTlsAlert(failure))) {
    return [`What listens at ${where} broke off when asked without TLS; it probably expects TLS.`, useTls];
  }
  if (code.startsWith('HPE_')) return [`What answers at ${where} does not speak HTTP.`, somethingElse];
  if (failure instanceof WrongAnswer)
    return [`What answers at ${where} is not a Docker API: ${failure.message.replace(/\.$/, '')}.`, somethingElse];
  const what = closedEarly(code) ? 'it closes the connection without an answer' : failure.message;
  return [`The engine at ${where} cannot be used: ${what}.`, startOrChoose];
}

function explainTls(failure: Error, code: string, where: string, directory: string, hasCertificate: boolean): Explanation | undefined {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return [
      `The TLS certificate of ${where} is for another name: ${failure.message}.`,
      'Use a name that the certificate lists, or have one issued for this name.',
    ];
  }
  if (/CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/.test(code))
    return [`The TLS certificate of ${where} is not valid now: ${failure.message}.`, 'Renew it, and check the clock of both machines.'];
  // codes of X.509 verification, as tls.TLSSocket reports them: SELF_SIGNED_CERT_IN_CHAIN, UNABLE_TO_VERIFY_LEAF_SIGNATURE, ...
  if (!code.startsWith('ERR_') && /SELF_SIGNED|UNABLE_TO|^CERT_/.test(code)) {
    return [
      `The TLS certificate of ${where} is not signed by the CA in ${directory}: ${failure.message}.`,
      `Put the CA that issued it into ${directory}/ca.pem.`,
    ];
  }
  const reason = opensslReason(failure.message);
  if (/wrong version number|packet length too long|http request/.test(reason)) {
    return [
      `What listens at ${where} does not speak TLS.`,
      'Unset DOCKER_TLS_VERIFY and DOCKER_TLS (or remove the TLS files of the context), or correct the port: with TLS it usually is 2376.',
    ];
  }
  if (closedEarly(code) || code.startsWith('ERR_SSL_') || code === 'EPROTO') {
    return hasCertificate
      ? [
          `The engine at ${where} rejects the client certificate: ${reason}.`,
          `Put a certificate that the engine's CA has signed, and its key, into ${directory} as cert.pem and key.pem.`,
        ]
      : [`The engine at ${where} wants a client certificate, and there is none: ${reason}.`, `Put cert.pem and key.pem into ${directory}.`];
  }
  return undefined;
}

/** "socket hang up" is ECONNRESET too. */
function closedEarly(code: string): boolean {
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/** `wrong version number` of `write EPROTO 80EB...:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:...`. */
function opensslReason(message: string): string {
  return /:error:[^:]*:[^:]*:[^:]*:([^:]+)/.exec(message)?.[1] ?? message;
}

/** A TLS server answers plain text with an alert record: type 21, RFC 8446 section 5.1. */
function isTlsAlert(failure: Error & { rawPacket?: Buffer }): boolean {
  return failure.rawPacket?.[0] === 21;
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]?.slice(0, 200) || 'no text';
}
