/** Whether what has this name is likely a secret: headers, parameters, fields, variables. */
export function isSecretName(name: string): boolean {
  return secret.test(name) && !innocent.test(name)
}

const secret = /auth|cookie|key|token|secret|passw|passphrase|pwd|signature|credential|session|bearer|\bsig\b/i
const innocent =
  /^(?:primary|foreign|sort|order|group|partition|replication)_?key|^authors?(?:_|$)|_(?:ur[il]|type|param|store)$/i
