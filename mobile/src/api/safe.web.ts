/** A page keeps no token: the refresh token is a cookie that no script reads. */
export const safe = {
  usesCookie: true,
  get: async (): Promise<string | null> => null,
  async set(_: string | null): Promise<void> {},
}
