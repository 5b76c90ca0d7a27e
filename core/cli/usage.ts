/** A mistake on the command line: the text is one clear line; the process exits with 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** What `--help` prints. */
export const HELP = `Earshot: chat and shared notes for everyone on the same local network.

  deno run -P main.ts [OPTIONS]            starts Earshot on this machine
  deno run -P main.ts COMMAND [OPTIONS]    asks the Earshot that runs here

Options of start
  --name NAME          your name, as others see it
  --data DIR           where everything is kept (default: this system's place for it)
  --port PORT          port of the page on 127.0.0.1 (default 4747 or the next free one; 0: any)
  --sync-port PORT     port that other machines connect to (default 0: any)
  --interface IF       use only this network, by name or address (repeatable)
  --peer HOST:PORT     also connect to this machine (repeatable)
  --no-discovery       neither announce this machine nor look for others
  --no-lobby           stay out of the Lobby, the space that is open to the network
  --no-open            do not open the browser
  --passphrase-file FILE
                       its first line opens the keys, if a passphrase is set
  --json               print one JSON object per line
  --verbose            print more about what happens
  --help, --version

Commands (each takes --data DIR and --json; those about a space --space NAME|ID, else the first)
  status                             what runs here, and who is here
  peers                              machines found, linked or not, and why not
  spaces                             the spaces you are in
  space create NAME                  makes a private space
  space leave --space S              leaves one
  members                            who is in a space
  invite [--code] [--role R] [--hours N]
                                     prints a link that lets one person in, once, or with --code
                                     eight digits for the next five minutes; R: member, reader, admin
  join LINK|CODE                     joins a space by what \`invite\` printed elsewhere
  remove PEER                        removes a member, by name or the start of the id
  channels                           channels of a space
  send [--channel C] TEXT            sends a message; TEXT "-" reads it from stdin
  read [--channel C] [--limit N] [--follow]
                                     prints messages; --follow goes on with new ones
  search [--channel C] WORDS         finds messages that have all the words, newest first
  notes                              lists the notes
  notes show TITLE                   prints a note
  notes write TITLE                  makes stdin the text of a note, new or not
  notes append TITLE                 adds stdin at the end of a note, new or not
  rebuild                            makes all that is shown anew from the signed changes

Commands while Earshot does not run (each takes --data DIR, --json and --passphrase-file FILE)
  passphrase set                     seals the keys of this device with a passphrase, or another one
  passphrase remove                  lets them lie open
                                     Both ask in a terminal; else stdin or FILE has the old passphrase,
                                     if one is set, and for "set" the new one, each on a line.

Without a terminal, start takes the passphrase from --passphrase-file or EARSHOT_PASSPHRASE.
`;
