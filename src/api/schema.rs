//! The schema as a whole, with its limits.

use async_graphql::{MergedObject, SDLExportOptions, Schema, SchemaBuilder};

use super::Api;
use super::board::BoardQuery;
use super::calendar::CalendarQuery;
use super::campaigns::CampaignQuery;
use super::catalogue::{
    CatalogueQuery, CatalogueStatisticsQuery, ProcedurePage, RehearsalQuery, RehearsedDossierPage,
};
use super::command::{
    ArchiveMutation, BlockQuery, CampaignMutation, CatalogueMutation, DossierMutation,
    PrivacyMutation, ReferenceMutation, ReorganisationMutation, StaffMutation, SupervisionMutation,
    TargetMutation,
};
use super::dossier::audit::AuditPage;
use super::dossier::query::DossierQuery;
use super::error::FailureCode;
use super::feedback::{FeedbackPage, FeedbackQuery};
use super::findings::{FindingPage, FindingQuery};
use super::http::cost::Costs;
use super::http::limits::Limits;
use super::lateness::{LatenessQuery, OverduePage};
use super::listing::ListingQuery;
use super::live::Subscription;
use super::log::query::LogQuery;
use super::looks::LookPage;
use super::mine::MineQuery;
use super::node::NodeQuery;
use super::offices::OfficeQuery;
use super::reorganisation::ReorganisationQuery;
use super::repository::{RepositoryPage, RepositoryQuery};
use super::search::SearchQuery;
use super::statistics::{
    ForecastQuery, FormQuery, GroupPage, GroupQuery, QualityQuery, ScoreQuery, StatisticsQuery,
    TargetQuery,
};
use super::supervision::SupervisionQuery;
use super::worklist::{WorklistPage, WorklistQuery};

/// What can be asked.
#[derive(Default, MergedObject)]
pub struct Query(
    DossierQueries,
    FigureQueries,
    ReferenceQueries,
    LogQuery,
    NodeQuery,
);

/// Of dossiers, one by one.
#[derive(Default, MergedObject)]
pub struct DossierQueries(
    DossierQuery,
    WorklistQuery,
    MineQuery,
    ListingQuery,
    SearchQuery,
    BoardQuery,
    BlockQuery,
    LatenessQuery,
    FindingQuery,
    FeedbackQuery,
);

/// Of many dossiers at once.
#[derive(Default, MergedObject)]
pub struct FigureQueries(
    StatisticsQuery,
    GroupQuery,
    FormQuery,
    ScoreQuery,
    QualityQuery,
    TargetQuery,
    CampaignQuery,
    RepositoryQuery,
    SupervisionQuery,
    ForecastQuery,
);

/// Of what dossiers are measured by.
#[derive(Default, MergedObject)]
pub struct ReferenceQueries(
    CatalogueQuery,
    CatalogueStatisticsQuery,
    RehearsalQuery,
    OfficeQuery,
    ReorganisationQuery,
    CalendarQuery,
);

/// What can be done.
#[derive(Default, MergedObject)]
pub struct Mutation(
    DossierMutation,
    CatalogueMutation,
    ReferenceMutation,
    ReorganisationMutation,
    TargetMutation,
    CampaignMutation,
    ArchiveMutation,
    StaffMutation,
    PrivacyMutation,
    SupervisionMutation,
);

pub type GraphqlSchema = Schema<Query, Mutation, Subscription>;

fn builder(limits: &Limits) -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription)
        .register_output_type::<FailureCode>()
        .override_output_type_description::<AuditPage>("A page of facts.")
        .override_output_type_description::<FeedbackPage>("A page of feedback.")
        .override_output_type_description::<FindingPage>("A page of findings.")
        .override_output_type_description::<LookPage>("A page of looks.")
        .override_output_type_description::<RepositoryPage>("A page of the repository.")
        .override_output_type_description::<WorklistPage>("A page of dossiers.")
        .override_output_type_description::<GroupPage>("A page of groups.")
        .override_output_type_description::<ProcedurePage>("A page of procedures.")
        .override_output_type_description::<OverduePage>("A page of overdue dossiers.")
        .override_output_type_description::<RehearsedDossierPage>("A page of rehearsed dossiers.")
        .limit_depth(limits.depth)
        .limit_complexity(limits.complexity)
        .limit_directives(limits.directives)
        .disable_suggestions()
}

/// The schema on the stores of this node.
#[must_use]
pub fn schema(api: Api) -> GraphqlSchema {
    let mut builder = builder(&api.limits).extension(Costs);
    if api.limits.no_introspection {
        builder = builder.disable_introspection();
    }
    builder.data(api).finish()
}

/// The schema in its own language, as committed in `schema.graphql`.
#[must_use]
pub fn sdl() -> String {
    builder(&Limits::default())
        .finish()
        .sdl_with_options(written())
}

/// How schemas are written.
#[must_use]
pub fn written() -> SDLExportOptions {
    SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items()
        .include_specified_by()
        .prefer_single_line_descriptions()
        .use_space_ident()
        .indent_width(2)
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::types::{
        ServiceDocument, TypeDefinition, TypeKind, TypeSystemDefinition,
    };

    use super::*;
    use crate::api::catalogue::open::CatalogueProblem;
    use crate::api::documents::DocumentProblem;
    use crate::api::log::LogProblem;
    use crate::api::payments::PaymentProblem;

    fn types() -> Vec<TypeDefinition> {
        let document: ServiceDocument =
            async_graphql::parser::parse_schema(sdl()).expect("the schema is GraphQL");
        let types = document
            .definitions
            .into_iter()
            .filter_map(|one| match one {
                TypeSystemDefinition::Type(definition) => Some(definition.node),
                TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
            });
        types.collect()
    }

    /// Descriptions of a type's parts, by their path.
    fn parts(definition: &TypeDefinition) -> Vec<(String, bool)> {
        let name = &definition.name.node;
        let mut parts = vec![(name.to_string(), definition.description.is_some())];
        let fields = match &definition.kind {
            TypeKind::Object(object) => &object.fields[..],
            TypeKind::Interface(interface) => &interface.fields,
            TypeKind::Enum(values) => {
                parts.extend(values.values.iter().map(|value| {
                    let path = format!("{name}.{}", value.node.value.node);
                    (path, value.node.description.is_some())
                }));
                &[]
            }
            TypeKind::InputObject(input) => {
                parts.extend(input.fields.iter().map(|field| {
                    let path = format!("{name}.{}", field.node.name.node);
                    (path, field.node.description.is_some())
                }));
                &[]
            }
            TypeKind::Scalar | TypeKind::Union(_) => &[],
        };
        for field in fields {
            let path = format!("{name}.{}", field.node.name.node);
            let arguments = field.node.arguments.iter().map(|argument| {
                let path = format!("{path}({})", argument.node.name.node);
                (path, argument.node.description.is_some())
            });
            parts.extend(arguments);
            parts.push((path, field.node.description.is_some()));
        }
        parts
    }

    /// The file is current; told to, makes it so.
    #[track_caller]
    fn is_current(path: &str, text: &str) {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        if std::env::var_os("MOTCUA_BLESS").is_some() {
            std::fs::write(&path, text).expect("the file is writable");
        }
        let committed = std::fs::read_to_string(&path).expect("the file is there");
        assert!(
            committed == text,
            "{} is old: run the tests with MOTCUA_BLESS=1",
            path.display()
        );
    }

    #[test]
    fn the_committed_schema_is_current() {
        is_current("schema.graphql", &sdl());
    }

    #[test]
    fn everything_in_the_schema_says_what_it_is() {
        let silent: Vec<String> = types()
            .iter()
            .flat_map(parts)
            .filter(|(_, described)| !described)
            .map(|(path, _)| path)
            .collect();
        assert!(silent.is_empty(), "{silent:#?}");
    }

    #[test]
    fn the_table_of_error_codes_is_current() {
        let mut table = String::from(
            "# Error codes\n\nGenerated from the code; a test keeps it current.\n\n\
             Codes never change their meaning. Texts for people may. In a failed request `message` is English and\n\
             `extensions.messageVi` Vietnamese; some carry `extensions.reason`, a narrower code.\n",
        );
        let told = [
            (
                "FailureCode",
                "Failed requests",
                "`errors[].extensions.code`",
            ),
            ("ErrorCode", "Refused commands", "`payload.errors[].code`"),
        ];
        for (name, title, place) in told {
            use std::fmt::Write as _;
            let of_name = |one: &TypeDefinition| one.name.node == name;
            let definition = types().into_iter().find(of_name).expect("an enum");
            let TypeKind::Enum(values) = definition.kind else {
                panic!("{name} is an enum");
            };
            write!(
                table,
                "\n## {title}\n\nIn {place}.\n\n| code | meaning |\n|---|---|\n"
            )
            .expect("text");
            for value in values.values {
                let meaning = value.node.description;
                let meaning = meaning.map(|text| text.node.replace('\n', " "));
                let meaning = meaning.unwrap_or_default();
                writeln!(table, "| `{}` | {meaning} |", value.node.value.node).expect("text");
            }
        }
        table += "\n## The log and its receipts\n\nAt `/log/` and `/receipts/`, in `code` of the JSON body.\n\n\
                  | code | status | meaning |\n|---|---|---|\n";
        for problem in LogProblem::ALL {
            use std::fmt::Write as _;
            let (code, status) = (problem.code(), problem.status().as_u16());
            let meaning = problem.message().1;
            writeln!(table, "| `{code}` | {status} | {meaning} |").expect("text");
        }
        table += "\n## The open catalogue\n\nAt `/catalogue.json` and `/catalogue/{code}.json`, in `code` of the JSON body.\n\n\
                  | code | status | meaning |\n|---|---|---|\n";
        for problem in CatalogueProblem::ALL {
            use std::fmt::Write as _;
            let (code, status) = (problem.code(), problem.status().as_u16());
            let meaning = problem.message().1;
            writeln!(table, "| `{code}` | {status} | {meaning} |").expect("text");
        }
        table += "\n## Payment gateways\n\nAt `/payments/{gateway}`, in `code` of the JSON body, beside the codes of refused commands.\n\n\
                  | code | status | meaning |\n|---|---|---|\n";
        for problem in PaymentProblem::ALL {
            use std::fmt::Write as _;
            let (code, status) = (problem.code(), problem.status().as_u16());
            let meaning = problem.message().1;
            writeln!(table, "| `{code}` | {status} | {meaning} |").expect("text");
        }
        table += "\n## Document management\n\nAt `/documents/{system}`, in `code` of the JSON body, beside the codes of refused commands.\n\n\
                  | code | status | meaning |\n|---|---|---|\n";
        for problem in DocumentProblem::ALL {
            use std::fmt::Write as _;
            let (code, status) = (problem.code(), problem.status().as_u16());
            let meaning = problem.message().1;
            writeln!(table, "| `{code}` | {status} | {meaning} |").expect("text");
        }
        is_current("docs/api/errors.md", &table);
    }
}
