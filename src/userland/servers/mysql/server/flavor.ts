/** Which server it is: its words, defaults and texts. */
export interface Flavor {
  /** As VERSION() says it. */
  version: string;
  mariadb: boolean;
  /** In the message of a syntax error. */
  product: string;
  comment: string;
  /** 50700, 80400, 110400. */
  number: number;
  charset: string;
  systemCharset: string;
  collation: string;
  sqlMode: string;
  socket: string;
  /** How new users log in. */
  plugin: string;
}

/** @param version `8.4.10`, `5.7.44`, `11.4.5-MariaDB` */
export function flavorOf(version: string): Flavor {
  const mariadb = /mariadb/i.test(version);
  const [major, minor, patch] = version.split(/[.-]/).map(Number) as [number, number, number];
  const number = major * 10000 + minor * 100 + (patch || 0);
  if (mariadb) {
    const latin = number < 110600;
    return {
      version,
      mariadb,
      product: 'MariaDB',
      comment: 'mariadb.org binary distribution',
      number,
      charset: latin ? 'utf8mb4' : 'utf8mb4',
      systemCharset: 'utf8mb3',
      collation: number >= 110400 ? 'utf8mb4_uca1400_ai_ci' : 'utf8mb4_general_ci',
      sqlMode: 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION',
      socket: '/run/mysqld/mysqld.sock',
      plugin: 'mysql_native_password',
    };
  }
  const modern = number >= 80000;
  return {
    version,
    mariadb,
    product: 'MySQL',
    comment: 'MySQL Community Server - GPL'.replace(' - GPL', modern ? ' - GPL' : ' (GPL)'),
    number,
    charset: modern ? 'utf8mb4' : 'latin1',
    systemCharset: modern ? 'utf8mb3' : 'utf8',
    collation: modern ? 'utf8mb4_0900_ai_ci' : 'latin1_swedish_ci',
    sqlMode: `ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,${modern ? '' : 'NO_AUTO_CREATE_USER,'}NO_ENGINE_SUBSTITUTION`,
    socket: '/var/run/mysqld/mysqld.sock',
    plugin: modern ? 'caching_sha2_password' : 'mysql_native_password',
  };
}
