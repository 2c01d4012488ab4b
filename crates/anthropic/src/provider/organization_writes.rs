//! What is written of the organization's own people, through the trait: a user's role, invites, and who is removed.

use anyprofile_core::{
    Change, FieldPath, ProfileChange, ProfileProvider as _, Receipt, Result, Write, async_trait,
};
use anyprofile_http::{
    HttpClient,
    actions::{Action, Actions},
};

use super::organization::{AnthropicOrganizationProvider, INVITE, INVITED, USER};
use crate::{
    client::{delete_invite_request, organization_user_request, remove_organization_user_request},
    wire::{InviteCreate, OrganizationRole},
};

fn text<'a>(change: &'a ProfileChange, path: &FieldPath) -> &'a str {
    match change.get(path) {
        Change::Set(value) => value.as_str().unwrap_or_default(),
        Change::Keep | Change::Clear => "",
    }
}

#[async_trait]
impl Actions for AnthropicOrganizationProvider {
    fn http(&self) -> &HttpClient {
        &self.client().http
    }

    fn actions(&self, write: &Write) -> Result<Vec<Action>> {
        let action = match write {
            Write::Create { draft } => {
                let fields = draft.fields();
                let role = OrganizationRole::from(text(fields, &FieldPath::ROLES));
                let invite = InviteCreate::new(text(fields, &FieldPath::EMAILS), role);
                let provider = self.clone();
                Action::new(self.client().create_invite_request(&invite)?, move |answer| {
                    provider.decoded(answer, &INVITED).map(|invite| Receipt::Shows(Box::new(invite)))
                })
            }
            Write::Update { id, change } => {
                let role = OrganizationRole::from(text(change, &FieldPath::ROLES));
                let request = self.client().update_organization_user_request(id.native(), &role)?;
                let (provider, asked) = (self.clone(), id.clone());
                Action::new(request, move |answer| {
                    let user = provider.decoded_of(answer, &asked, &USER);
                    user.map(|user| Receipt::Shows(Box::new(user)))
                })
                .with_read_back(organization_user_request(id.native()))
            }
            Write::Delete { id } => {
                let request = if id.kind == INVITE {
                    delete_invite_request(id.native())
                } else {
                    remove_organization_user_request(id.native())
                };
                let asked = id.clone();
                Action::new(request, move |answer| answer.acknowledges(&asked).map(|()| Receipt::Accepted))
            }
            other => return Err(other.unsupported(self.info(), self.capabilities())),
        };
        Ok(vec![action])
    }
}
