/** Commands that somebody copies into a terminal: how they find Central. Pure. */

/** Where the console was opened, as `location` has it. */
export type Address = Pick<Location, 'protocol' | 'hostname' | 'port'>

/** The flags by which a program reaches the Central that this console is of. */
export function centralFlags({ protocol, hostname, port }: Address): string {
  const isSecure = protocol === 'https:'
  const flags = `--central-host ${hostname} --central-port ${port || (isSecure ? '443' : '80')}`
  return isSecure ? `${flags} --central-tls` : flags
}

/** What a driver does once the password is set. */
export function loginCommand(name: string, central: Address): string {
  return `evcharging driver login --name ${quoted(name)} ${centralFlags(central)}`
}

/** One word for a shell, whatever stands in it. */
function quoted(text: string): string {
  return /^[\w@.+-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", "'\\''")}'`
}
