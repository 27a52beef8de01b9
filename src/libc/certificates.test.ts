import { expect, test } from 'vitest';
import { certificatesIn } from './certificates.ts';

// made by: openssl req -x509 -newkey rsa:1024 -days 36500 -subj /O=Harbour/CN=myregistry.com -addext subjectAltName=…
const PEM = `-----BEGIN CERTIFICATE-----
MIICXjCCAcegAwIBAgIUGAQINKPTsaYkYUkvl+xfoVMETYgwDQYJKoZIhvcNAQEL
BQAwKzEQMA4GA1UECgwHSGFyYm91cjEXMBUGA1UEAwwObXlyZWdpc3RyeS5jb20w
IBcNMjYxMTI1MTgxOTU3WhgPMjEyNjExMDExODE5NTdaMCsxEDAOBgNVBAoMB0hh
cmJvdXIxFzAVBgNVBAMMDm15cmVnaXN0cnkuY29tMIGfMA0GCSqGSIb3DQEBAQUA
A4GNADCBiQKBgQDHwMIKzBPwA8QPrBKv4IRi5CoyvMNdEMvyCWYRqjHxA8iut376
zO/iB3hQlhfRzrJ6AfmTZlacSyVhbEHdr/pck5mPPPLvxs25cz50pjwUMIL7wd7k
ZUIuWD6u/6cBjXN/1Nd+E1ZotpVRMqIzK85o85WgH1gKhhT5PMtnasHVoQIDAQAB
o30wezAdBgNVHQ4EFgQU1ASdXE02bEURxaFnpG22OnWGwt8wHwYDVR0jBBgwFoAU
1ASdXE02bEURxaFnpG22OnWGwt8wDwYDVR0TAQH/BAUwAwEB/zAoBgNVHREEITAf
gg5teXJlZ2lzdHJ5LmNvbYIHKi5vdGhlcocECgAAATANBgkqhkiG9w0BAQsFAAOB
gQCSeeoSMpIWGu2+aiMhfayXZRSl+k5UYfDeOVmpU5xCeP0KH/7ZDDjYKzll0XiH
OVbWF2Gp2Y7Ub56d561/gHhZby5bsXePThegITrsyDsQMdKQlyv/WtmfI+ZWUDZ1
E0YERYY9RJ1MfAdYRnKutEyoU1aDpigLax5A/CaxFKO3xA==
-----END CERTIFICATE-----
`;

test('names and dates of a certificate', () => {
  expect(certificatesIn(PEM)).toEqual([
    {
      subject: 'myregistry.com',
      issuer: 'myregistry.com',
      names: ['myregistry.com', '*.other', '10.0.0.1'],
      notBefore: 1795630797,
      notAfter: 4949230797,
    },
  ]);
});

test('a bundle of several; what is no certificate is left out', () => {
  expect(certificatesIn(`# text\n${PEM}${PEM}`)).toHaveLength(2);
  expect(certificatesIn(PEM.replaceAll('CERTIFICATE', 'PRIVATE KEY'))).toEqual([]);
  expect(certificatesIn('-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n')).toEqual([]);
  expect(certificatesIn('')).toEqual([]);
});
