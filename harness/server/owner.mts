/** The account that setUpOwner creates. Safe on loopback only. */
export const OWNER = {
	email: 'owner@example.com',
	password: 'Sandbox-123',
	firstName: 'Sandbox',
	lastName: 'Owner',
};
