/** `a,b:2` as a URI has it: `a:27017,b:2`. */
export function hostList(hosts: string, port: number): string {
  return hosts
    .split(',')
    .map((host) => withPort(host.trim(), port))
    .join(',')
}

function withPort(host: string, port: number): string {
  // A socket of the file system.
  if (host.startsWith('/')) return encodeURIComponent(host)
  if (host.startsWith('[')) return host.endsWith(']') ? `${host}:${port}` : host
  const colons = host.split(':').length - 1
  if (colons > 1) return `[${host}]:${port}`
  return colons === 1 ? host : `${host}:${port}`
}
